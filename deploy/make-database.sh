#!/bin/sh
# Run once by the image of PostgreSQL on an empty volume: kaejon's database, and an owner who
# is no superuser, so that nobody who gets hold of the program's connection owns the cluster.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$KAEJON_DATABASE_PASSWORD" --username postgres <<'SQL'
CREATE ROLE kaejon LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE kaejon OWNER kaejon ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE kaejon FROM PUBLIC;
SQL
