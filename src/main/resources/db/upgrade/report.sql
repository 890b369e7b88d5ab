-- What became of the old tables, as the report keeps it: one row per table, in the order of its story.
select jsonb_build_object(
    'tables', (
        select jsonb_agg(to_jsonb(t) - 'place' order by place)
        from (
            select place, name as table, before, after,
                   (select count(*) from legacy.upgrade_actions where source = name and action = 'quarantined') as quarantined,
                   (select count(*) from legacy.upgrade_actions where source = name and action in ('renamed', 'renumbered')) as renamed,
                   (select count(*) from legacy.upgrade_actions where source = name and action = 'merged') as merged,
                   (select count(*) from legacy.upgrade_actions where source = name and action = 'placeholder') as placeholders,
                   (select count(*) from legacy.upgrade_actions where source = name and action = 'completed') as completed,
                   (select count(*) from legacy.upgrade_actions where source = name and action = 'rejected') as rejected
            from (
                select 1 as place, 'users' as name, (select count(source) from old_users) as before, (select count(*) from users) as after
                union all select 2, 'conversations', (select count(source) from old_conversations),
                                 (select count(*) from conversations where kind <> 'room')
                union all select 3, 'conversation_participants', (select count(*) from old_conversation_participants where source is not null),
                                 (select count(*) from conversation_participants)
                union all select 4, 'chat_messages', (select count(*) from old_chat_messages),
                                 (select count(*) from placed p join conversations c on c.id = p.conversation_id and c.kind <> 'room')
                union all select 5, 'messages', (select count(*) from old_messages),
                                 (select count(*) from placed p join conversations c on c.id = p.conversation_id and c.kind = 'room')
                union all select 6, 'friend_requests', (select count(source) from old_friend_requests), (select count(*) from friend_requests)
                union all select 7, 'contacts', (select count(source) from old_contacts), (select count(*) from contacts)
                union all select 8, 'usage_tracking', (select count(*) from old_usage_tracking),
                                 (select count(*) from counted where problem is null)
                union all select 9, 'version_history', (select count(*) from old_version_history), 0
            ) as counted
        ) as t),
    'reasons', (
        select coalesce(jsonb_agg(to_jsonb(r) order by source, action, reason), '[]')
        from (select source as table, source, action, reason, count(*) as rows from legacy.upgrade_actions
              group by source, action, reason) as r),
    'renamed', (
        select coalesce(jsonb_agg(detail || jsonb_build_object('id', row_id, 'reason', reason) order by detail ->> 'from', detail ->> 'to'), '[]')
        from (select * from legacy.upgrade_actions where source = 'users' and action = 'renamed' limit 1000) as names))
