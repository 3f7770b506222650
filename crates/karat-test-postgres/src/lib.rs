//! A private PostgreSQL for tests: one server per test program, one empty schema per test.
//!
//! The server listens on a socket in a temporary folder and nowhere else, so that it meets no other
//! server and nobody else meets it. It sorts text as people do, not byte by byte, as a server at
//! work may. It forgets what a crash would cost it, as no test turns off the power.
//!
//! PostgreSQL refuses to run as root: for root it runs as the user `postgres`. Where there is no
//! PostgreSQL a test fails, as one that is left out has shown nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The user of the database.
const USER: &str = "karat";

/// Starts the server, says so, waits until the test program is gone, and cleans up.
///
/// Its standard input is a pipe from the test program, which ends with it, however it ends.
const GUARD: &str = r#"
set -e
bin=$1 folder=$2 as=$3
trap 'rm -rf "$folder"' EXIT
mkdir -m 700 "$folder/data"
if [ -n "$as" ]; then
    chown "$as" "$folder" "$folder/data"
    as="setpriv --reuid=$as --regid=$as --clear-groups"
fi
cd "$folder"
$as "$bin/initdb" --pgdata="$folder/data" --username=karat --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log"; exit 1; }
$as "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
    -c full_page_writes=off -c max_connections=200 >"$folder/server.log" 2>&1 </dev/null &
server=$!
trap 'kill -QUIT $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
tries=0
until $as "$bin/psql" -qXh "$folder" -U karat -d postgres -c \
    "CREATE DATABASE hubs TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-u-ka-shifted'" \
    >"$folder/psql.log" 2>&1
do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $server 2>/dev/null; then
        cat "$folder/server.log" "$folder/psql.log"; exit 1
    fi
    sleep 0.1
done
echo ready
cat >/dev/null
"#;

/// The server of this test program.
struct Server {
    bin: PathBuf,
    folder: PathBuf,
    /// Holds the pipe whose end tells the guard to stop.
    _guard: Child,
}

/// The URL of an empty schema of its own, in a server that is started when first asked for.
pub fn empty_schema() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let server = server();
    let schema = format!("hub_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    server.run(&format!("CREATE SCHEMA {schema}"));
    let folder = server.folder.display();
    format!("postgresql://{USER}@/hubs?host={folder}&options=-csearch_path%3D{schema}")
}

/// Runs SQL in the schema of such a URL, as the user of the database could; gives what it answers,
/// a line per row.
pub fn run(url: &str, sql: &str) -> String {
    let (_, schema) = url.rsplit_once("%3D").expect("the URL names its schema");
    server().run(&format!("SET search_path TO {schema};\n{sql}"))
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    fn start() -> Server {
        let bin = programs();
        let folder = private_folder();
        let is_root = output(Command::new("id").arg("-u")) == "0";
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .args([&bin, &folder])
            .arg(if is_root { "postgres" } else { "" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell can be started");
        let mut told = String::new();
        let answer = guard.stdout.take().expect("it is a pipe");
        for line in std::io::BufRead::lines(std::io::BufReader::new(answer)) {
            let line = line.expect("a shell writes text");
            if line == "ready" {
                return Server { bin, folder, _guard: guard };
            }
            writeln!(told, "{line}").expect("text can be written to memory");
        }
        let ended = guard.wait();
        panic!("no private PostgreSQL could be started ({ended:?}):\n{told}");
    }

    fn run(&self, sql: &str) -> String {
        let answer = Command::new(self.bin.join("psql"))
            .args(["-qXAt", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", "hubs", "-h"])
            .arg(&self.folder)
            .args(["-c", sql])
            .output()
            .expect("psql stands beside the server");
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8_lossy(&answer.stdout).trim_end().to_string()
    }
}

/// The folder of the latest PostgreSQL there is: Debian keeps it out of the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| -> u32 {
        let name = path.file_name().and_then(|name| name.to_str());
        name.and_then(|name| name.parse().ok()).unwrap_or_default()
    };
    let latest = versions.map(|entry| entry.path()).max_by_key(version);
    let of_debian = latest.map(|folder| folder.join("bin"));
    let on_path = output(Command::new("sh").args(["-c", "command -v initdb || true"]));
    let on_path = Path::new(&on_path).parent().map(Path::to_path_buf);
    let found = of_debian.into_iter().chain(on_path).find(|bin| bin.join("initdb").exists());
    found.expect("PostgreSQL is missing: install the Debian package postgresql")
}

/// A new folder with a short path: that of a socket has 107 bytes at most.
fn private_folder() -> PathBuf {
    let folder = output(Command::new("mktemp").args(["-d", "/tmp/karat-postgres.XXXXXX"]));
    assert!(!folder.is_empty(), "no folder can be made in /tmp");
    folder.into()
}

fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("the program is there");
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}
