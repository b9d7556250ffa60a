# A PostgreSQL of the tests' own, in a folder of its own: tells the folder, and ends with its standard input.
# $1: the port on loopback.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
folder=$(mktemp -d)
chmod 0755 "$folder"
cd "$folder"
"$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N > initdb.log 2>&1
printf '%s\n' 'local all all trust' 'host all locked 127.0.0.1/32 scram-sha-256' 'host all barred 127.0.0.1/32 reject' \
    'host all all 127.0.0.1/32 trust' > data/pg_hba.conf
tls=off
certificate() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "$@" 2> /dev/null; }
if command -v openssl > /dev/null; then
    certificate -keyout ca.key -out ca.pem -subj /CN=ours
    certificate -keyout other.key -out other.pem -subj /CN=other
    certificate -CA ca.pem -CAkey ca.key -keyout data/server.key -out data/server.crt -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE
    tls=on
fi
timeout -s INT 600 "$bin/postgres" -D data -c listen_addresses=127.0.0.1 -c port="$1" -c ssl="$tls" -c fsync=off \
    -c unix_socket_directories="$folder" -c max_connections=60 -c timezone=Asia/Tokyo > log 2>&1 &
server=$!
echo "$folder"
cat > /dev/null
kill -INT $server 2> /dev/null || true
wait $server || true
cd / && rm -rf "$folder"
