#!/usr/bin/env python3
"""Verifies an evidence package, without Optio: python3 verify-evidence.py FILE [--key KEY] [--checkpoints CHECKPOINTS]

FILE is what "optio evidence" wrote. KEY, 64 hexadecimal digits as "optio checkpoint key" prints them, and CHECKPOINTS,
as "optio checkpoint list --json" printed them, came in another way than FILE: without them it is only shown that FILE
was not changed since it was made. Needs Python 3.8 or newer, and verify.py beside it. evidence.md says what is computed,
and why. Prints what the ledger in FILE says, and each thing that does not hold; the exit code is 1 then.
"""
import argparse, datetime, hashlib, json, re
from verify import Contact, broken, is_signed, problems, sha256, statement

FILE = re.compile(rb'(.*)<script type="application/json" id="evidence">([^<]*)</script>\n'
                  rb'<script type="application/json" id="signature">([^<]*)</script>\n</body>\n</html>\n', re.DOTALL)

def is_in_tree(event_hash, index, size, path, root):
    """RFC 9162, section 2.1.3.2."""
    place, last, node = index, size - 1, sha256(b"\0" + event_hash)
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = sha256(b"\1" + sibling + node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root and 0 <= index < size

def instant(milliseconds):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds") + "Z"

def check_signature(page, text, seal, key):
    signature, data = json.loads(seal), json.loads(text)
    public_key, signed = (bytes.fromhex(signature[name]) for name in ("publicKey", "signature"))
    written = '{"algorithm":"Ed25519","publicKey":"%s","signature":"%s"}' % (public_key.hex(), signed.hex())
    if written.encode() != seal:
        broken("signature", "it is not written as one of Ed25519 is")
    if not is_signed(public_key, signed, text):
        broken("signature", "it is wrong: the data was changed, or another key signed it")
    if data["format"] != "optio-evidence/1" or hashlib.sha256(page).hexdigest() != data["page"]:
        broken("page", "it is not the one that belongs to the data")
    if key and signature["publicKey"] != key.lower():
        broken("signature", "it is by another key")
    return data, signature["publicKey"]

def check_contact(data):
    contact, account, replay = data["contact"], data["account"]["id"], Contact()
    if contact["address"] is not None:
        key = sha256(f'{account}\n{contact["normalised"]}'.encode())[:16].hex()
        if key != contact["subscriberKey"] or contact["address"].split("@")[0].lower() != contact["normalised"].split("@")[0]:
            broken("contact", "the address is not that of the events")
    for event in data["ledger"]:
        if (event["accountId"], event["subscriberKey"]) != (account, contact["subscriberKey"]):
            broken(f'event {event["version"]}', "it is another contact's")
        replay.add(event, f'event {event["version"]}')
    for part, version in sorted(replay.missing):
        broken(f"event {version}", f"the {part} is missing, and no event says why")
    if replay.is_erased != contact["erased"] or (contact["address"] is None) != contact["erased"]:
        broken("contact", "it was erased and is not told to be, or the other way round")
    return replay

def check_told(data, replay):
    """That history and statuses, which the page shows, are what the events say."""
    ledger = {event["eventId"]: event for event in data["ledger"]}
    if [event["eventId"] for event in data["history"]] != list(ledger):
        broken("history", "it does not tell each event once")
    for told in data["history"]:
        event = ledger.get(told["eventId"], data["ledger"][0])
        body, personal = json.loads(event["body"]), json.loads(event["personal"] or "{}")
        evidence = personal.get("evidence", {}).get("value")
        why = personal.get("legalBasisExplanation", {}).get("value")
        said = [event["version"], instant(event["occurredAt"]), event["hash"], event["previousEventId"], body["type"], body["source"],
                body["appId"], body.get("legalBasis"), why, json.loads(evidence or "null"), body.get("subscriptionId")]
        names = ["version", "occurredAt", "hash", "previousEventId", "type", "source",
                 "appId", "legalBasis", "legalBasisExplanation", "evidence", "subscriptionId"]
        own = next((c for c in told["changes"] if c["subscriptionId"] == body.get("subscriptionId")), {})
        if [told[name] for name in names] != said or (own.get("from"), own.get("to")) != (body.get("from"), body.get("to")):
            broken(f'event {event["version"]}', "the history tells it otherwise")
    for row in data["statuses"]:
        statuses, opt_outs = replay.channels.get(row["channel"], ({}, {}))
        recorded = statuses.get(row["subscriptionId"], ["NOT_SPECIFIED", None, None])
        outs = [opt_outs[unit] for unit in {None, row["businessUnitId"]} if unit in opt_outs]
        state = "UNSUBSCRIBED" if outs else recorded[0]
        if row["status"] != state or (not outs and [row["legalBasis"], row["legalBasisExplanation"]] != recorded[1:3]):
            broken(f'type {row["subscriptionId"]}', "what is told to hold does not follow from the events")

def check_seals(data, key, published):
    checkpoints, proofs = {}, {proof["eventId"]: proof for proof in data["proofs"]}
    for checkpoint in data["checkpoints"]:
        where = f'checkpoint {checkpoint["number"]}'
        checkpoints[checkpoint["number"]] = checkpoint
        if not is_signed(bytes.fromhex(checkpoint["publicKey"]), bytes.fromhex(checkpoint["signature"]), statement(checkpoint)):
            broken(where, "the signature is wrong")
        if checkpoint["publicKey"] != key:
            broken(where, "another key signed it than the file")
        if published is not None and checkpoint not in published:
            broken(where, "it is not among those that were published")
    for event in data["ledger"]:
        where, proof = f'event {event["version"]}', proofs.pop(event["eventId"], None)
        if proof is None:
            if any(event["eventId"] <= checkpoint["closedThrough"] for checkpoint in data["checkpoints"]):
                broken(where, "that a checkpoint covers it is not proven")
            elif published is not None:
                broken(where, "it is not sealed yet, so nothing that was published covers it")
            continue
        checkpoint = checkpoints[proof["checkpoint"]]
        if not is_in_tree(bytes.fromhex(event["hash"]), proof["index"], checkpoint["size"],
                          [bytes.fromhex(sibling) for sibling in proof["path"]], bytes.fromhex(checkpoint["root"])):
            broken(where, f'it is not among those that checkpoint {proof["checkpoint"]} covers')
    for event_id in proofs:
        broken(f"proof of {event_id}", "there is no such event")

def main():
    parser = argparse.ArgumentParser(description="Verifies an evidence package, without Optio.")
    parser.add_argument("file", help='what "optio evidence" wrote')
    parser.add_argument("--key", help='the public key, as "optio checkpoint key" prints it')
    parser.add_argument("--checkpoints", help='what "optio checkpoint list --json" printed')
    wanted = parser.parse_args()
    try:
        with open(wanted.file, "rb") as file:
            parts = FILE.fullmatch(file.read())
        published = None
        if wanted.checkpoints:
            with open(wanted.checkpoints, encoding="utf-8") as file:
                published = json.load(file)
        if parts is None:
            broken(wanted.file, "it is no evidence package, or not a whole one")
        else:
            data, key = check_signature(*parts.groups(), wanted.key)
            check_told(data, check_contact(data))
            check_seals(data, key, published)
            for event in data["ledger"]:
                sealed = any(proof["eventId"] == event["eventId"] for proof in data["proofs"])
                print(instant(event["occurredAt"]), event["body"], "" if sealed else "(not sealed yet)")
            print(f'{data["contact"]["address"] or "an erased contact"}, account {data["account"]["id"]}, signed by {key}')
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        broken(wanted.file, f"it cannot be read ({error!r})")
    print(f"{len(problems)} things do not hold" if problems else "all of it holds")
    return 1 if problems else 0

if __name__ == "__main__":
    raise SystemExit(main())
