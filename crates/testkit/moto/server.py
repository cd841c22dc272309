"""moto's server, with a guard before it: the signature of every request of clavicle is worked out once more by botocore,
AWS's own implementation, and a request whose signature is another one is refused.

    python server.py

It says in one line of JSON where it listens, plainly and behind TLS, and the certificate to trust. It ends when nobody holds
its standard input open any more. Whoever signs with the key `testingACCOUNT` is in the account of that number.
"""

import functools
import io
import json
import re
import ssl
import sys
import tempfile
import threading

import moto.backends
import moto.core.responses
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

# What moto works out for each request anew is the same every time, and a third of what it takes for one.
moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)
moto.backends.list_of_moto_modules = functools.cache(lambda list_modules=moto.backends.list_of_moto_modules: list(list_modules()))
DomainDispatcherApplication.get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)
re._MAXCACHE = 1 << 16

SHAPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)")
GIVEN = re.compile(rb"<AccessKeyId>(.*?)</AccessKeyId>\s*<SecretAccessKey>(.*?)</SecretAccessKey>")
SECRETS = {"testing": "testing"}
OF_ACCOUNT = re.compile(r"Credential=testing(\d{12})/")
# moto has no reports of last access: nobody used anything.
LAST_ACCESS = {
    "GenerateServiceLastAccessedDetails": "<JobId>1</JobId>",
    "GetServiceLastAccessedDetails": "<JobStatus>COMPLETED</JobStatus>"
    "<JobCompletionDate>2026-01-01T00:00:00Z</JobCompletionDate><ServicesLastAccessed/>",
}


def is_sound(environ, body):
    shape = SHAPE.fullmatch(environ["HTTP_AUTHORIZATION"])
    if not shape:
        return False
    key, region, service, names, signature = shape.groups()
    secret = SECRETS["testing"] if OF_ACCOUNT.search(environ["HTTP_AUTHORIZATION"]) else SECRETS.get(key)
    if secret is None:
        return False
    variable = lambda name: "HTTP_" + name.upper().replace("-", "_")
    place = lambda name: {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}.get(name, variable(name))
    headers = {name: environ[place(name)] for name in names.split(";")}
    url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['RAW_URI']}"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, secret), service, region)
    # The token is a header that is signed like any other.
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(text, request) == signature


def guarded(app):
    def answer(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if environ.get("HTTP_USER_AGENT", "").startswith("clavicle/") and not is_sound(environ, body):
            start_response("403 Forbidden", [("x-amzn-errortype", "SignatureDoesNotMatch")])
            return [b"{}"]
        asked = body.decode(errors="replace") if environ["PATH_INFO"] == "/" else ""
        for action, answer in LAST_ACCESS.items():
            if f"Action={action}&" in asked + "&":
                start_response("200 OK", [("content-type", "text/xml")])
                return [f"<R><{action}Result>{answer}</{action}Result></R>".encode()]
        # moto does not know whether tags of buckets count either.
        if environ.get("QUERY_STRING", "").rstrip("=") == "abac":
            start_response("200 OK", [("content-type", "application/xml")])
            return [b"<AbacStatus><Status>Disabled</Status></AbacStatus>"]
        account = OF_ACCOUNT.search(environ.get("HTTP_AUTHORIZATION", ""))
        if account:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = account.group(1)
        reply = list(app(environ, start_response))
        for key, secret in GIVEN.findall(b"".join(reply)):
            SECRETS[key.decode()] = secret.decode()
        return reply

    return answer


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def certificate():
    """A certificate of this address and of AWS's hosts, signed by itself, for an hour, and its key."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in for AWS")])
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    hosts = ["*.amazonaws.com", "*.eu-west-1.amazonaws.com", "*.s3.eu-west-1.amazonaws.com"]
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] + [x509.DNSName(host) for host in hosts]
    address = x509.SubjectAlternativeName(names)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - hour, now + hour)
    made = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return made.public_bytes(serialization.Encoding.PEM), private


def listen(app, secure=None):
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=secure)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"{'https' if secure else 'http'}://127.0.0.1:{server.port}"


if __name__ == "__main__":
    app = guarded(DomainDispatcherApplication(create_backend_app))
    public, private = certificate()
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(public + private)
        file.flush()
        secure.load_cert_chain(file.name)
    where = {"address": listen(app), "secure_address": listen(app, secure), "certificate": public.decode()}
    print(json.dumps(where), flush=True)
    # Whoever started it reads no more than that: what moto prints would break the answer that it is about.
    sys.stdout = sys.stderr
    sys.stdin.read()
