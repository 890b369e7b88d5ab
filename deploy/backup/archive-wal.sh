#!/bin/sh
# PostgreSQL's archive_command: archive_command = '/opt/xfchat/deploy/backup/archive-wal.sh %p %f /backup/wal'
# A file that is there under its name is complete and on disk; PostgreSQL tries again after any failure, also after a crash
# between the two.
set -eu

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ] || [ $# -ne 3 ]; then
    echo "usage: archive-wal.sh %p %f FOLDER   (PostgreSQL's archive_command: copies a WAL file into FOLDER)"
    [ $# -eq 1 ] || exit 2
    exit 0
fi
if [ -e "$3/$2" ]; then
    cmp -s "$1" "$3/$2" && exit 0
    echo "archive-wal.sh: $3/$2 exists with other contents: do two servers archive into one folder?" >&2
    exit 1
fi
umask 077
cp "$1" "$3/.$2.part"
sync "$3/.$2.part"
mv "$3/.$2.part" "$3/$2"
sync "$3"
