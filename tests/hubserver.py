"""A server on the loopback that speaks the Hugging Face Hub's API, as far as `huggingface_hub`
publishes and downloads models, with faults to order."""

import base64
import contextlib
import dataclasses
import hashlib
import http.server
import json
import re
import threading
import urllib.parse

import yaml

TOKEN = "hf_onlyForTheTests"
LFS_FROM = 4096  # bytes


@dataclasses.dataclass
class Fault:
    """What goes wrong: for requests whose "METHOD path" matches, `times` times.

    `kind` is an HTTP status, "no answer" (the connection ends), "drop" (it ends halfway through
    the answer) or "wrong byte".
    """

    pattern: str
    kind: object
    times: int = 1000


class Hub(http.server.ThreadingHTTPServer):
    """Repositories: id to {"private", "commits": {sha: {path: bytes}}, "main": sha}."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.repos, self.objects, self.faults, self.log = {}, {}, [], []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass  # a client that was dropped

    def commit(self, repo, files):
        text = json.dumps([repo, len(self.repos[repo]["commits"]), sorted(files)])
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.repos[repo]["commits"][sha] = files
        self.repos[repo]["main"] = sha
        return sha

    def files(self, repo, revision="main"):
        """A commit's files, or None."""
        stored = self.repos[repo]
        return stored["commits"].get(stored["main"] if revision == "main" else revision)


@contextlib.contextmanager
def running():
    """A `Hub` that answers."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()


class Answer(Exception):
    def __init__(self, status, body=b"", **headers):
        super().__init__(status)
        body = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        self.status, self.body, self.headers = status, body, headers


def missing(code):
    return Answer(404, {"error": code}, **{"X-Error-Code": code, "X-Error-Message": code})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Hub"

    def log_message(self, *args):
        pass

    def handle_any(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        what = f"{self.command} {path}"
        self.server.log.append((what, dict(self.headers)))
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = next(
            (f for f in self.server.faults if f.times and re.search(f.pattern, what)), None
        )
        try:
            if fault:
                fault.times -= 1
                if fault.kind == "no answer":
                    self.close_connection = True
                    return
                if isinstance(fault.kind, int):
                    raise Answer(fault.kind, {"error": "by order"})
            for pattern, method in ROUTES:
                if match := re.fullmatch(pattern, what):
                    method(self, *match.groups())
            raise Answer(404, {"error": f"no route for {what}"})
        except Answer as answer:
            self.answer(answer, fault)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def answer(self, answer, fault):
        body = answer.body
        if fault and fault.kind == "wrong byte":
            body = body[:-1] + bytes([body[-1] ^ 1])
        self.send_response(answer.status)
        for name, value in {"Content-Length": len(body), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if fault and fault.kind == "drop":
            body, self.close_connection = body[: len(body) // 2], True
        if self.command != "HEAD":
            self.wfile.write(body)

    def authorized(self):
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def repo(self, name, write=False):
        stored = self.server.repos.get(name)
        if (write or stored is None or stored["private"]) and not self.authorized():
            raise Answer(401, {"error": "no"}, **{"X-Error-Code": "RepoNotFound"})
        if stored is None:
            raise missing("RepoNotFound")
        return stored

    def files_at(self, name, revision):
        self.repo(name)
        files = self.server.files(name, revision or "main")
        if files is None:
            raise missing("RevisionNotFound")
        return files

    def sha(self, name, revision):
        return self.server.repos[name]["main"] if revision in (None, "main") else revision

    # -- the routes ---------------------------------------------------------------------------

    def info(self, name, revision):
        files = self.files_at(name, revision)
        siblings = [{"rfilename": path} for path in files]
        sha = self.sha(name, revision)
        private = self.repo(name)["private"]
        raise Answer(200, {"id": name, "sha": sha, "siblings": siblings, "private": private})

    def tree(self, name, revision):
        entries = []
        for path, data in self.files_at(name, revision).items():
            entry = {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}
            if len(data) >= LFS_FROM:
                oid = hashlib.sha256(data).hexdigest()
                entry["lfs"] = {"oid": oid, "size": len(data), "pointerSize": 130}
            entries.append(entry)
        raise Answer(200, entries)

    def resolve(self, name, revision, path):
        files = self.files_at(name, revision)
        if path not in files:
            raise missing("EntryNotFound")
        data = files[path]
        lfs = len(data) >= LFS_FROM
        etag = hashlib.sha256(data).hexdigest() if lfs else git_oid(data)
        headers = {"X-Repo-Commit": self.sha(name, revision), "ETag": f'"{etag}"'}
        if part := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or ""):
            first = int(part[1])
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
            raise Answer(206, data[first:], **headers)
        raise Answer(200, data, **headers)

    def create(self):
        if not self.authorized():
            raise Answer(401, {"error": "no"})
        wanted = json.loads(self.content)
        name = f"{wanted['organization']}/{wanted['name']}"
        if name in self.server.repos:
            raise Answer(409, {"error": "You already created this model repo"})
        private = wanted.get("private") or wanted.get("visibility") == "private"
        self.server.repos[name] = {"private": private, "commits": {}, "main": None}
        self.server.commit(name, {".gitattributes": b"*.h5 filter=lfs\n"})
        raise Answer(200, {"url": f"{self.server.url}/{name}"})

    def delete(self):
        wanted = json.loads(self.content)
        name = f"{wanted['organization']}/{wanted['name']}"
        self.repo(name, write=True)
        del self.server.repos[name]
        raise Answer(200, {})

    def validate(self):
        """The Hub's rules for metadata that can be told from its documentation."""
        card = json.loads(self.content)["content"]
        data = yaml.safe_load(card.split("---\n")[1])
        wrong = [key for key in ("license", "library_name", "tags") if key not in data]
        for entry in data.get("model-index", []):
            for result in entry["results"]:
                wrong += [key for key in ("task", "dataset", "metrics") if key not in result]
                wrong += ["metrics.value" for m in result["metrics"] if "value" not in m]
            wrong += [] if entry.get("name") else ["model-index.name"]
        if wrong:
            raise Answer(400, {"errors": [{"message": f"{key} is required"} for key in wrong]})
        raise Answer(200, {"errors": [], "warnings": []})

    def preupload(self, name, revision):
        self.repo(name, write=True)
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["size"] >= LFS_FROM else "regular",
                "shouldIgnore": False,
            }
            for file in json.loads(self.content)["files"]
        ]
        raise Answer(200, {"files": modes})

    def lfs_batch(self, name):
        self.repo(name, write=True)
        objects = [
            {**o, "actions": {"upload": {"href": f"{self.server.url}/lfs/{o['oid']}"}}}
            for o in json.loads(self.content)["objects"]
        ]
        raise Answer(200, {"transfer": "basic", "objects": objects})

    def lfs_put(self, oid):
        if hashlib.sha256(self.content).hexdigest() != oid:
            raise Answer(400, {"error": "wrong content"})
        self.server.objects[oid] = self.content
        raise Answer(200)

    def commit(self, name, revision):
        stored = self.repo(name, write=True)
        header, *operations = (json.loads(line) for line in self.content.splitlines())
        if header["value"].get("parentCommit", stored["main"]) != stored["main"]:
            raise Answer(412, {"error": "A commit has happened since"})
        files = dict(self.server.files(name))
        for operation in operations:
            value = operation["value"]
            if operation["key"] == "deletedFile":
                del files[value["path"]]
            elif operation["key"] == "lfsFile":
                files[value["path"]] = self.server.objects[value["oid"]]
            else:
                files[value["path"]] = base64.b64decode(value["content"])
        sha = self.server.commit(name, files)
        url = f"{self.server.url}/{name}/commit/{sha}"
        raise Answer(200, {"commitOid": sha, "commitUrl": url, "success": True})


def git_oid(data):
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


_REPO = r"([\w.-]+/[\w.-]+)"
ROUTES = [
    (rf"GET /api/models/{_REPO}(?:/revision/(.+))?", Handler.info),
    (rf"GET /api/models/{_REPO}/tree/([^/]+)", Handler.tree),
    (rf"(?:GET|HEAD) /{_REPO}/resolve/([^/]+)/(.+)", Handler.resolve),
    (r"POST /api/repos/create", Handler.create),
    (r"DELETE /api/repos/delete", Handler.delete),
    (r"POST /api/validate-yaml", Handler.validate),
    (rf"POST /api/models/{_REPO}/preupload/(.+)", Handler.preupload),
    (rf"POST /{_REPO}\.git/info/lfs/objects/batch", Handler.lfs_batch),
    (r"PUT /lfs/(\w+)", Handler.lfs_put),
    (rf"POST /api/models/{_REPO}/commit/(.+)", Handler.commit),
]
