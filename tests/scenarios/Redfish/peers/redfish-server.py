#!/usr/bin/env python3
"""A Redfish service over a folder of index.json files, on Python's own HTTP server: sessions, ETags, $expand, TLS, and misbehaviour on demand.

It writes one line of JSON a request to --log, so that a test can see what was asked of it.
"""
import argparse
import gzip
import hashlib
import json
import os
import ssl
import threading
import time
import uuid
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--tree", required=True, help="a folder with redfish/v1/.../index.json, or a file that maps paths to resources")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--auth", choices=["none", "session", "basic"], default="none")
parser.add_argument("--sessions", type=int, default=8, help="how many sessions there may be")
parser.add_argument("--expire", type=int, default=0, help="a session is forgotten after so many requests")
parser.add_argument("--expand", choices=["no", "yes", "lie", "fail"], default="no")
parser.add_argument("--page", type=int, default=0, help="members a page")
parser.add_argument("--gzip", action="store_true")
parser.add_argument("--bom", action="store_true")
parser.add_argument("--busy", type=int, default=0, help="the first so many GETs are answered 503")
parser.add_argument("--hang", action="append", default=[], help="paths that are never answered")
parser.add_argument("--html", action="append", default=[], help="paths that are answered by a page")
parser.add_argument("--redirect", action="append", default=[], help="FROM=TO")
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--log")
options = parser.parse_args()

lock = threading.Lock()
sessions = {}
busy_left = options.busy
redirects = dict(pair.split("=", 1) for pair in options.redirect)
stop = threading.Event()
options.tree = os.path.abspath(options.tree)
tree = None
if os.path.isfile(options.tree):
    with open(options.tree, encoding="utf-8") as file:
        tree = json.load(file)


def record(entry):
    if options.log:
        with lock, open(options.log, "a", encoding="utf-8") as out:
            out.write(json.dumps(entry) + "\n")


def stored(path):
    if tree is not None:
        found = tree.get(path.rstrip("/"))
        return None if found is None else {"@odata.id": path.rstrip("/"), **json.loads(json.dumps(found))}
    name = os.path.normpath(os.path.join(options.tree, unquote(path).strip("/"), "index.json"))
    if not name.startswith(options.tree) or not os.path.isfile(name):
        return None
    with open(name, encoding="utf-8-sig") as file:
        return json.load(file)


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "TestService"

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.request.settimeout(60)

    def answer(self, status, body=None, headers=None, content_type="application/json"):
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if options.bom and data[:1] == b"{":
            data = b"\xef\xbb\xbf" + data
        headers = dict(headers or {})
        if options.gzip and data and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data)
            headers["Content-Encoding"] = "gzip"
        self.send_response(status)
        if data:
            self.send_header("Content-Type", content_type)
        self.send_header("OData-Version", "4.0")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, message):
        self.answer(status, {"error": {"code": message, "message": message, "@Message.ExtendedInfo": [{"MessageId": message}]}})

    def who(self):
        """None: nobody; else whoever asks."""
        token = self.headers.get("X-Auth-Token")
        if token:
            with lock:
                known = sessions.get(token)
                if known is None:
                    return None
                known["uses"] += 1
                if options.expire and known["uses"] > options.expire:
                    del sessions[token]
                    return None
                return "session"
        basic = self.headers.get("Authorization", "")
        if basic.startswith("Basic ") and b64decode(basic[6:]).decode() == f"{options.user}:{options.password}":
            return "basic"
        return None

    def handle_one(self, method):
        global busy_left
        path = urlsplit(self.path).path
        query = unquote(urlsplit(self.path).query)
        record({"method": method, "path": self.path, "who": self.who_text(), "if_none_match": self.headers.get("If-None-Match")})
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        if method == "POST":
            return self.login(path, body)
        if method == "DELETE":
            return self.logout(path)
        if method != "GET":
            return self.refuse(405, "Base.1.0.OperationNotAllowed")
        if path in options.hang:
            stop.wait(600)
            return None
        with lock:
            waits = busy_left > 0
            busy_left -= 1 if waits else 0
        if waits:
            return self.answer(503, {"error": {"code": "Base.1.0.ServiceTemporarilyUnavailable"}}, {"Retry-After": "0"})
        if path in redirects:
            return self.answer(302, None, {"Location": redirects[path]})
        if path in options.html:
            return self.answer(200, b"<html><title>Login</title></html>", content_type="text/html")
        open_to_all = path.rstrip("/") in ("/redfish/v1", "/redfish")
        if options.auth != "none" and not open_to_all and self.who() is None:
            return self.refuse(401, "Base.1.0.NoValidSession")
        found = stored(path)
        if found is None:
            return self.refuse(404, "Base.1.0.ResourceMissingAtURI")
        if open_to_all:
            found = self.root(found)
        if "$expand" in query:
            if options.expand in ("no", "fail"):
                return self.refuse(501, "Base.1.0.QueryNotSupported")
            if options.expand == "yes":
                found["Members"] = [stored(member["@odata.id"]) or member for member in found.get("Members", [])]
        if options.page and "Members" in found:
            start = int(query.split("$skip=")[1].split("&")[0]) if "$skip=" in query else 0
            members = found["Members"]
            found["Members"] = members[start : start + options.page]
            if start + options.page < len(members):
                found["Members@odata.nextLink"] = f"{path}?$skip={start + options.page}"
        tag = 'W/"' + hashlib.sha1(json.dumps(found).encode()).hexdigest()[:12] + '"'
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, None, {"ETag": tag})
        return self.answer(200, found, {"ETag": tag})

    def root(self, found):
        if options.auth == "session":
            found.setdefault("SessionService", {"@odata.id": "/redfish/v1/SessionService"})
            found.setdefault("Links", {"Sessions": {"@odata.id": "/redfish/v1/SessionService/Sessions"}})
        elif options.auth == "basic":
            found.pop("SessionService", None)
            found.pop("Links", None)
        expands = options.expand != "no"
        found["ProtocolFeaturesSupported"] = {"ExpandQuery": {"ExpandAll": expands, "Levels": expands, "NoLinks": expands, "MaxLevels": 2}}
        return found

    def who_text(self):
        return "session" if self.headers.get("X-Auth-Token") else "basic" if self.headers.get("Authorization") else "nobody"

    def login(self, path, body):
        if options.auth != "session" or path.rstrip("/") != "/redfish/v1/SessionService/Sessions":
            return self.refuse(405, "Base.1.0.OperationNotAllowed")
        asked = json.loads(body)
        if (asked.get("UserName"), asked.get("Password")) != (options.user, options.password):
            return self.refuse(401, "Base.1.0.NoValidSession")
        with lock:
            full = len(sessions) >= options.sessions
            if not full:
                token, name = uuid.uuid4().hex, uuid.uuid4().hex[:8]
                sessions[token] = {"name": name, "uses": 0}
        if full:
            return self.refuse(503, "Base.1.0.SessionLimitExceeded")
        place = f"/redfish/v1/SessionService/Sessions/{name}"
        return self.answer(201, {"@odata.id": place, "Id": name, "UserName": options.user}, {"X-Auth-Token": token, "Location": place})

    def logout(self, path):
        if self.who() is None:
            return self.refuse(401, "Base.1.0.NoValidSession")
        with lock:
            gone = [token for token, session in sessions.items() if path.endswith("/" + session["name"])]
            for token in gone:
                del sessions[token]
        return self.answer(204 if gone else 404)

    def do_GET(self):
        self.handle_one("GET")

    def do_POST(self):
        self.handle_one("POST")

    def do_DELETE(self):
        self.handle_one("DELETE")

    def do_PATCH(self):
        self.handle_one("PATCH")

    def do_PUT(self):
        self.handle_one("PUT")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", options.port), Service)
if options.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("ready", flush=True)
server.serve_forever()
