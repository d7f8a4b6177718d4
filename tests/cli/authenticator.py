"""A browser's authenticator with one passkey, by W3C Web Authentication Level 2, 5.8.1 and 6.1."""

import base64
import hashlib
import json

import es256

CREATE = "mutation P($p: String!) { proposePasskey(password: $p) { options } }"
CONFIRM = "mutation C($input: ConfirmPasskeyInput!) { confirmPasskey(input: $input) { id name } }"
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text_of(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(kind, content):
    """Bytes (2) or text (3)."""
    size = len(content)
    head = bytes([kind << 5 | size]) if size < 24 else bytes([kind << 5 | 25]) + size.to_bytes(2, "big")
    return head + content


def attestation(form, statement, data):
    """What a browser hands over for a new passkey: 6.5."""
    return (b"\xa3" + cbor(3, b"fmt") + cbor(3, form) + cbor(3, b"attStmt") + statement +
            cbor(3, b"authData") + cbor(2, data))


class Authenticator:
    def __init__(self, scratch, origin, name="passkey"):
        self.key = es256.Key(scratch.file_path(f"{name}.pem"))
        self.origin, self.id, self.handle = origin, name.encode().ljust(16, b"."), b""

    def client_data(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def data(self, rp_id, flags, count=0):
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def register(self, browser, password, name="Laptop", says=None):
        """-> the answer of confirmPasskey. `says` makes a statement of the text that is to be signed: (format, CBOR)"""
        options = browser.query(CREATE, {"p": password}).json["data"]["proposePasskey"]["options"]
        self.handle, self.options = bytes_of(options["user"]["id"]), options
        cose = (bytes.fromhex("a5010203262001215820") + self.key.x + bytes.fromhex("225820") + self.key.y)
        made = (self.data(options["rp"]["id"], PRESENT | VERIFIED | WITH_KEY) + bytes(16) +
                len(self.id).to_bytes(2, "big") + self.id + cose)
        client = self.client_data("webauthn.create", options["challenge"])
        form, statement = says(made + hashlib.sha256(client).digest()) if says else (b"none", b"\xa0")
        return browser.query(CONFIRM, {"input": {"name": name, "clientDataJSON": text_of(client),
                                                 "attestationObject": text_of(attestation(form, statement, made))}})

    def says_itself(self, text):
        """A statement that the new key signs: 8.2."""
        return b"packed", b"\xa2" + cbor(3, b"alg") + b"\x26" + cbor(3, b"sig") + cbor(2, self.key.sign(text))

    def answer(self, options, flags=PRESENT | VERIFIED, count=0):
        """What a page sends to /auth/passkey."""
        client = self.client_data("webauthn.get", options["challenge"])
        data = self.data(options["rpId"], flags, count)
        signature = self.key.sign(data + hashlib.sha256(client).digest())
        return {"id": text_of(self.id), "response": {
            "clientDataJSON": text_of(client), "authenticatorData": text_of(data), "signature": text_of(signature),
            "userHandle": text_of(self.handle)}}
