package org.xfchat.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of the operator CloudNativePG and of its plug-in Barman Cloud: the fields that are used here, under the names of
 * their API references (postgresql.cnpg.io/v1 of 1.28, barmancloud.cnpg.io/v1).
 */
final class CloudNativePg {
    record Cluster(String apiVersion, String kind, ObjectMeta metadata, ClusterSpec spec) {}

    record ClusterSpec(
            String imageName,
            int instances,
            String primaryUpdateStrategy,
            String primaryUpdateMethod,
            boolean enableSuperuserAccess,
            Bootstrap bootstrap,
            Managed managed,
            Postgresql postgresql,
            Affinity affinity,
            List<TopologySpreadConstraint> topologySpreadConstraints,
            Storage storage,
            Storage walStorage,
            ResourceRequirements resources,
            List<Plugin> plugins,
            @Nullable Certificates certificates) {}

    record Bootstrap(InitDb initdb) {}

    record InitDb(
            String database,
            String owner,
            LocalObjectReference secret,
            String encoding,
            String localeCollate,
            String localeCType,
            boolean dataChecksums) {}

    record Managed(List<Role> roles) {}

    record Role(
            String name,
            String ensure,
            String comment,
            boolean login,
            boolean superuser,
            LocalObjectReference passwordSecret) {}

    record Postgresql(Synchronous synchronous, Map<String, String> parameters) {}

    record Synchronous(String method, int number, String dataDurability, boolean failoverQuorum) {}

    record Affinity(boolean enablePodAntiAffinity, String podAntiAffinityType, String topologyKey) {}

    record Storage(String size) {}

    record Plugin(String name, boolean isWALArchiver, Map<String, String> parameters) {}

    record Certificates(List<String> serverAltDNSNames) {}

    record ScheduledBackup(String apiVersion, String kind, ObjectMeta metadata, ScheduledBackupSpec spec) {}

    record ScheduledBackupSpec(
            String schedule,
            boolean immediate,
            String backupOwnerReference,
            LocalObjectReference cluster,
            String method,
            PluginName pluginConfiguration) {}

    record PluginName(String name) {}

    record ObjectStore(String apiVersion, String kind, ObjectMeta metadata, ObjectStoreSpec spec) {}

    record ObjectStoreSpec(String retentionPolicy, StoreConfiguration configuration) {}

    record StoreConfiguration(
            String destinationPath, String endpointURL, S3Credentials s3Credentials, Archive wal, Archive data) {}

    record S3Credentials(SecretKeySelector accessKeyId, SecretKeySelector secretAccessKey) {}

    record Archive(String compression, @Nullable Integer maxParallel) {}

    record Pooler(String apiVersion, String kind, ObjectMeta metadata, PoolerSpec spec) {}

    record PoolerSpec(
            LocalObjectReference cluster, String type, int instances, PgBouncer pgbouncer, PoolerTemplate template) {}

    record PgBouncer(String poolMode, Map<String, String> parameters) {}

    record PoolerTemplate(ObjectMeta metadata, PoolerPod spec) {}

    record PoolerPod(List<Container> containers, List<TopologySpreadConstraint> topologySpreadConstraints) {}

    private CloudNativePg() {}
}
