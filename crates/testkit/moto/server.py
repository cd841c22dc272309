"""moto's server, with a guard before it: the signature of every request of clavicle is worked out once more by botocore,
AWS's own implementation, and a request whose signature is another one is refused.

    python server.py PORT [CERTIFICATE]

With CERTIFICATE it speaks TLS, and writes the certificate to trust there.
"""

import io
import re
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

SHAPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)")
GIVEN = re.compile(rb"<AccessKeyId>(.*?)</AccessKeyId>\s*<SecretAccessKey>(.*?)</SecretAccessKey>")
SECRETS = {"testing": "testing"}
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
    if key not in SECRETS:
        return False
    variable = lambda name: "HTTP_" + name.upper().replace("-", "_")
    place = lambda name: {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}.get(name, variable(name))
    headers = {name: environ[place(name)] for name in names.split(";")}
    url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['RAW_URI']}"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, SECRETS[key]), service, region)
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
        reply = list(app(environ, start_response))
        for key, secret in GIVEN.findall(b"".join(reply)):
            SECRETS[key.decode()] = secret.decode()
        return reply

    return answer


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def certificate(place):
    """A certificate of this address and of AWS's hosts, signed by itself, for an hour; its key lies beside it."""
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
    with open(place + ".key", "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    with open(place, "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    return place, place + ".key"


if __name__ == "__main__":
    app = guarded(DomainDispatcherApplication(create_backend_app))
    secure = certificate(sys.argv[2]) if len(sys.argv) > 2 else None
    run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True, request_handler=Quiet, ssl_context=secure)
