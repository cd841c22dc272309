"""Holds every call of `collect` to AWS's own models of its APIs, as botocore carries them: that there is such an operation,
where it is sent, which parameters it takes, how its pages follow each other, and that its answer has every field that is kept.

    python models.py crates/collect
"""

import pathlib
import re
import sys

import botocore.session

LOADER = botocore.session.get_session().get_component("data_loader")
faults = []
checked = 0


class Service:
    def __init__(self, line):
        self.name, self.signing, self.host, self.protocol, self.version = line.split()[:5]
        self.model = LOADER.load_service_model(self.name, "service-2")
        self.shapes = self.model["shapes"]
        metadata = self.model["metadata"]
        known = metadata.get("protocols", [metadata["protocol"]])
        protocol = self.protocol.split("-")[0] if self.protocol.startswith("json-") else self.protocol
        expect(line, protocol in known, f"speaks {known}")
        if self.protocol.startswith("json-"):
            expect(line, self.protocol == "json-" + metadata["jsonVersion"], metadata["jsonVersion"])
            expect(line, self.version == metadata["targetPrefix"], metadata["targetPrefix"])
        else:
            expect(line, self.version == metadata["apiVersion"], metadata["apiVersion"])

    def is_xml(self):
        return self.protocol in ("query", "ec2", "rest-xml")

    def wire(self, name, member):
        """The name of a member in an answer."""
        return name if self.protocol.startswith("json-") else member.get("locationName", name)

    def element(self, shape):
        """The name of a list's elements where it is one of its own."""
        name = self.shapes[shape]["member"].get("locationName")
        return name if self.is_xml() and name not in (None, "member", "item") else None

    def has(self, shape, path):
        for part in path.split("."):
            name = part.removesuffix("[]").removesuffix("[0]")
            known = self.shapes[shape]
            flattened = known.get("flattened")
            if known["type"] == "list":
                if name != self.element(shape):
                    return False
                shape = known["member"]["shape"]
                continue
            if known["type"] == "map":
                shape = known["value"]["shape"]
                continue
            members = {self.wire(key, member): member for key, member in known.get("members", {}).items()}
            if name not in members:
                return False
            shape = members[name]["shape"]
            known = self.shapes[shape]
            flattened = known.get("flattened") or members[name].get("flattened")
            if known["type"] == "list" and part != name and (flattened or not self.element(shape)):
                shape = known["member"]["shape"]
        return True


def expect(line, holds, otherwise):
    global checked
    checked += 1
    if not holds:
        faults.append(f"{line}\n    {otherwise}")


def call(services, words, line):
    """Checks a call; the answer is its service and the shape of what it answers."""
    client, operation = words.pop(0).split(":")
    service = services[client]
    known = service.model["operations"].get(operation)
    expect(line, known, "there is no such operation")
    if not known:
        return None
    method, path = "POST", "/"
    if words and words[0] in ("GET", "POST"):
        method, path = words.pop(0), words.pop(0)
    path, _, query = path.partition("?")
    template = known["http"]["requestUri"]
    where, _, fixed = template.partition("?")
    plain = lambda path: re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
    expect(line, method == known["http"]["method"] and plain(path) == plain(where), f"is {known['http']}")
    given = service.shapes[known["input"]["shape"]] if "input" in known else {"members": {}}
    members = given.get("members", {})
    in_query = {member["locationName"] for member in members.values() if member.get("location") == "querystring"}
    in_query |= {part.partition("=")[0] for part in fixed.split("&") if part}
    for part in filter(None, query.split("&")):
        expect(line, part.partition("=")[0] in in_query, f"takes {sorted(in_query)} in its query")
    in_body = {service.wire(name, member).lower() for name, member in members.items() if "location" not in member}
    is_rest = service.protocol.startswith("rest-")
    takes = lambda name: name in in_query if is_rest and method == "GET" else name.lower() in in_body
    answered = known.get("output", {}).get("shape")
    if answered and service.shapes[answered].get("payload"):
        payload = service.shapes[answered]["payload"]
        answered = service.shapes[answered]["members"][payload]["shape"]
    for word in words:
        kind, _, value = word.partition(":")
        if kind == "token":
            put, got = value.split("~")
            expect(line, put[1:] in in_query if put.startswith("?") else takes(put), f"takes no `{put}`")
            expect(line, answered and service.has(answered, got), f"answers no `{got}`")
        elif kind not in ("none", "else", "unless", "at"):
            name = word.partition("=")[0]
            expect(line, takes(name), f"takes no `{name}`, but {sorted(in_body)}")
    pages = {}
    try:
        pages = LOADER.load_service_model(client, "paginators-1")["pagination"]
    except botocore.exceptions.UnknownServiceError:
        pass
    if operation in pages and not line.startswith("ask"):
        expect(line, any(word.startswith("token:") for word in words), f"comes in pages: {pages[operation]}")
    return service, answered


def main(crate):
    lines = lambda path: [line.strip() for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    services = {line.split()[0]: Service(line) for line in lines(crate / "data/clients.txt")}
    for line in lines(crate / "data/reading.txt"):
        kind, _, rest = line.partition(" ")
        if kind not in ("each", "one", "ask"):
            continue
        asked, _, kept = rest.partition(" > ")
        found = call(services, asked.split(), line)
        if not found or not found[1]:
            continue
        service, shape = found
        fields = kept.split()
        below = fields.pop(0) if kind == "each" else ""
        if below:
            expect(line, service.has(shape, below), f"answers no `{below}`")
        for field in fields:
            path = field.partition("=")[0].removeprefix("/")
            if path in (".", "", "./") or path.endswith("[].."):
                continue
            path = f"{below}.{path}" if below else path
            expect(line, service.has(shape, path), f"answers no `{path}`")
    # How variables such as AWS_ENDPOINT_URL_SQS spell the services.
    ids = (crate / "src/profile.rs").read_text().partition("fn service_id")[2].partition("\n}")[0]
    ids = dict(re.findall(r'"(\S+)" => "(\S+)"', ids))
    for name in services:
        expected = botocore.session.get_session().get_service_model(name).service_id.hyphenize().replace("-", "_")
        expect(name, ids.get(name, name).replace("-", "_") == expected, f"is {expected} in variables")
    for source in sorted((crate / "src").glob("*.rs")):
        text = source.read_text().partition("#[cfg(test)]")[0]
        for words in re.findall(r'"([a-z0-9-]+:[A-Z]\w+[^"\n]*)"', text):
            if words.split(":")[0] in services and words != "apigateway:GET":
                call(services, words.split(), f"{source.name} {words}")
    print(f"{checked} facts", *faults, sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
