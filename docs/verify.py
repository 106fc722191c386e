#!/usr/bin/env python3
"""Verifies a ledger that Optio exported, without Optio: python3 verify.py LEDGER [CHECKPOINTS]

LEDGER is what "optio export-ledger" wrote. CHECKPOINTS, as "optio checkpoint list --json" printed them, were kept
elsewhere: the ledger must answer for those as well. Needs Python 3.8 or newer and nothing else. ledger.md and
verification.md say what is computed, and why. Prints each thing that does not hold; the exit code is 1 then.
"""
import hashlib, json, sys

STATES = ["NOT_SPECIFIED", "SUBSCRIBED", "UNSUBSCRIBED"]
BASES = ["CONSENT_WITH_NOTICE", "LEGITIMATE_INTEREST_CLIENT", "LEGITIMATE_INTEREST_OTHER", "LEGITIMATE_INTEREST_PQL",
         "NON_GDPR", "PERFORMANCE_OF_CONTRACT", "PROCESS_AND_STORE"]
problems = []

def broken(where, what):
    problems.append(where)
    print(f"{where}: {what}")

def sha256(octets):
    return hashlib.sha256(octets).digest()

# Ed25519, RFC 8032 section 5.1: slow and plain, for a handful of signatures.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result

def decompress(octets):
    y, sign = int.from_bytes(octets, "little") & (2**255 - 1), octets[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def is_signed(public_key, signature, message):
    key, r, s = decompress(public_key), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    a, b = times(s, BASE), add(r, times(k, key))
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0

class Tree:
    """RFC 9162 section 2.1, as it grows: one root for each bit of the size."""
    def __init__(self):
        self.size, self.peaks = 0, []
    def append(self, event_hash):
        node, rest = sha256(b"\0" + event_hash), self.size
        while rest & 1:
            node, rest = sha256(b"\1" + self.peaks.pop() + node), rest >> 1
        self.peaks.append(node)
        self.size += 1
    def root(self):
        node = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            node = sha256(b"\1" + left + node)
        return node.hex()

def statement(checkpoint):
    signed = {name: value for name, value in checkpoint.items() if name not in ("kind", "signature")}
    return json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()

def check_list(checkpoints, whose):
    before = None
    for c in checkpoints:
        where = f"{whose} {c['number']}"
        if not is_signed(bytes.fromhex(c["publicKey"]), bytes.fromhex(c["signature"]), statement(c)):
            broken(where, "the signature is wrong")
        following = (before["number"] + 1, sha256(statement(before)).hex()) if before else (1, None)
        if (c["number"], c["previous"]) != following:
            broken(where, "it does not follow on the one before it")
        if before and (c["publicKey"] != before["publicKey"] or c["size"] <= before["size"]):
            broken(where, "it has another key than the one before it, or covers no more")
        before = c

class Contact:
    def __init__(self):
        self.version, self.event_id, self.hash, self.at = 0, None, "0" * 64, 0
        self.channels, self.is_erased, self.missing, self.present = {}, False, set(), set()
    def add(self, event, where):
        body, personal = json.loads(event["body"]), json.loads(event["personal"] or "{}")
        previous = f'"{event["previousEventId"]}"' if event["previousEventId"] else "null"
        text = (f'{self.hash}\n[1,{event["accountId"]},"{event["subscriberKey"]}","{event["eventId"]}",{previous},'
                f'{event["version"]},{event["occurredAt"]},{event["body"]}]')
        following = (event["version"], event["previousEventId"]) == (self.version + 1, self.event_id)
        if not following or event["occurredAt"] <= self.at:
            broken(where, "it does not follow on the event before it")
        elif event["hash"] != sha256(text.encode()).hex():
            broken(where, "the hash is wrong")
        for part in {"legalBasisExplanation", "evidence", *personal}:
            value, commitment = personal.get(part), body.get(part)
            if value and commitment != sha256((value["salt"] + value["value"]).encode()).hex():
                broken(where, "a personal value is not the one that it commits to")
            if value or commitment:
                (self.present if value else self.missing).add((part, event["version"]))
        self.version, self.event_id, self.hash, self.at = (event[n] for n in ("version", "eventId", "hash", "occurredAt"))
        self.follow(body, personal, where)
    def follow(self, body, personal, where):
        if body["type"] == "EVIDENCE_EXPIRED":
            return self.forget({("evidence", version) for version in body["versions"]}, where)
        self.is_erased = body["type"] == "ERASED"
        if self.is_erased:
            self.channels = {channel: ({key: [state, basis, None, *rest] for key, (state, basis, _, *rest)
                                        in statuses.items() if state == "UNSUBSCRIBED"}, opt_outs)
                             for channel, (statuses, opt_outs) in self.channels.items()}
            return self.forget(self.missing | self.present, where)
        statuses, opt_outs = self.channels.setdefault(body["channel"], ({}, {}))
        if body["type"] == "OPTED_OUT_OF_ALL":
            opt_outs[body["businessUnitId"]] = [body["source"], self.at]
        elif body["type"] == "OPT_OUT_WITHDRAWN":
            opt_outs.pop(body["businessUnitId"], None)
        else:
            for ended in body.get("ended", []):
                opt_out = opt_outs.pop(ended["businessUnitId"], None)
                for key in ended["unsubscribed"] if opt_out else []:
                    statuses[key] = ["UNSUBSCRIBED", None, None, *opt_out]
            why = personal.get("legalBasisExplanation", {}).get("value")
            statuses[body["subscriptionId"]] = [body["to"], body["legalBasis"], why, body["source"], self.at]
    def forget(self, gone, where):
        if gone & self.present:
            broken(where, "what it says was erased is still there")
        self.missing, self.present = self.missing - gone, self.present - gone
    def check_row(self, row, where):
        for part, version in sorted(self.missing):
            broken(where, f"the {part} of version {version} is missing, and no event says why")
        if (row["version"], row["headEventId"], row["headHash"], row["lastEventAt"]) != (
                self.version, self.event_id, self.hash, self.at):
            broken(where, "the row is not at the contact's last event")
        elif read_document(row["document"]) != self.channels:
            broken(where, "the preferences are not what the events say")
        if (row["address"] is None) != self.is_erased:
            broken(where, "the address is there and was erased, or is not there and was not")

def read_document(text):
    def source(value):
        return f"Public status API, App ID:{value}" if isinstance(value, int) else value
    return {channel: ({key: [STATES[state], BASES[more[0]] if more and more[0] is not None else None,
                             more[1] if more else None, source(by), at] for key, state, by, at, *more in statuses},
                      {key: [source(by), at] for key, by, at in opt_outs})
            for channel, (statuses, opt_outs) in json.loads(text).items()}

def main(ledger, published=None):
    tree, contacts, awaited, counts = Tree(), {}, [], {"event": 0, "contact": 0}
    lists = {"checkpoint": [], "published checkpoint": json.load(open(published, encoding="utf-8")) if published else []}
    def compare(until):
        while awaited and (until is None or awaited[0]["closedThrough"] < until):
            checkpoint = awaited.pop(0)
            if (checkpoint["size"], checkpoint["root"]) != (tree.size, tree.root() if tree.size else ""):
                broken(f"checkpoint {checkpoint['number']}", "the events that it covers are not those of this ledger")
    for number, line in enumerate(open(ledger, encoding="utf-8"), 1):
        where = f"line {number}"
        try:
            row = json.loads(line)
            key = (row.get("accountId"), row.get("subscriberKey"))
            where = f"line {number}, account {key[0]}, key {key[1]}" if key[1] else where
            counts[row["kind"]] = counts.get(row["kind"], 0) + 1
            if row["kind"] == "checkpoint":
                lists["checkpoint"].append(row)
            elif row["kind"] == "event":
                if tree.size == 0:
                    awaited = sorted(sum(lists.values(), []), key=lambda c: c["closedThrough"])
                compare(row["eventId"])
                tree.append(bytes.fromhex(row["hash"]))
                contacts.setdefault(key, Contact()).add(row, where)
            elif row["kind"] == "contact":
                contacts.pop(key, Contact()).check_row(row, where)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            broken(where, f"it cannot be read ({error!r})")
    compare(None)
    for key in contacts:
        broken(f"account {key[0]}, key {key[1]}", "there are events, and no row of the contact")
    if "end" not in counts:
        broken(ledger, "its end is missing")
    for whose, checkpoints in lists.items():
        check_list(checkpoints, whose)
    print(f"{counts['event']} events, {counts['contact']} contacts, {len(lists['checkpoint'])} checkpoints:",
          f"{len(problems)} things do not hold" if problems else "all of it holds")
    return 1 if problems else 0

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (2, 3) else __doc__)
