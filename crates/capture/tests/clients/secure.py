"""Calls to AWS's own hosts, and a connection to another one whose certificate has to be its own."""

import os
import socket
import ssl

import boto3
from botocore.config import Config

# The stand-in reads no bodies in chunks.
virtual = Config(s3={"addressing_style": "virtual"}, request_checksum_calculation="when_required")
s3 = boto3.client("s3", config=virtual)
s3.create_bucket(Bucket="ledger-secure", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_object(Bucket="ledger-secure", Key="k", Body=b"the body")
presigned = s3.generate_presigned_url("get_object", Params={"Bucket": "ledger-secure", "Key": "k"})
boto3.client("dynamodb").list_tables()
boto3.client("sts").get_caller_identity()

from urllib.request import ProxyHandler, HTTPSHandler, build_opener

context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
opened = build_opener(ProxyHandler({"https": os.environ["HTTPS_PROXY"]}), HTTPSHandler(context=context)).open(presigned)
assert opened.read() == b"the body"

proxy = os.environ["HTTPS_PROXY"].removeprefix("http://").split(":")
tunnel = socket.create_connection((proxy[0], int(proxy[1])))
tunnel.sendall(b"CONNECT untouched.example:443 HTTP/1.1\r\nHost: untouched.example:443\r\n\r\n")
assert b" 200 " in tunnel.recv(4096)
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with context.wrap_socket(tunnel, server_hostname="untouched.example") as inside:
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(inside.getpeercert(True))
    assert "stand-in for AWS" in certificate.subject.rfc4514_string(), certificate.subject
