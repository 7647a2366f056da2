"""A Secret Service (org.freedesktop.secrets) with one item, in whatever state is asked for.

    secret_service.py STATE FILE

FILE keeps the item from one run to the next. A client speaks to it as to any other: sessions are encrypted.
"""

import json
import os
import secrets
import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from gi.repository import GLib

ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/login"
ITEM = COLLECTION + "/1"
PROMPT = ROOT + "/prompt/1"
SERVICE_NAME = "org.freedesktop.secrets"
PROPERTIES = "org.freedesktop.DBus.Properties"
NOTHING = dbus.ObjectPath("/")

# The second Oakley group (RFC 2409 section 6.2).
PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)

state, file = sys.argv[1:]
unlocked = state not in ("locked", "prompt")
keys = {}


def stored():
    return json.load(open(file)) if os.path.exists(file) else None


def be_slow():
    if state == "slow":
        time.sleep(30)


def cipher(session, seed):
    return Cipher(algorithms.AES(keys[session]), modes.CBC(bytes(seed)))


def encrypted(session, text):
    seed = secrets.token_bytes(16)
    pad, encryptor = padding.PKCS7(128).padder(), cipher(session, seed).encryptor()
    value = encryptor.update(pad.update(text) + pad.finalize()) + encryptor.finalize()
    return dbus.Struct(
        (session, dbus.ByteArray(seed), dbus.ByteArray(value), "text/plain"), signature="oayays"
    )


def decrypted(secret):
    session, seed, value, _ = secret
    unpad, decryptor = padding.PKCS7(128).unpadder(), cipher(session, seed).decryptor()
    return unpad.update(decryptor.update(bytes(value)) + decryptor.finalize()) + unpad.finalize()


class Object(dbus.service.Object):
    """With properties."""

    def properties(self):
        return {}

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.properties()[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return self.properties()


class Service(Object):
    INTERFACE = "org.freedesktop.Secret.Service"

    def properties(self):
        return {"Collections": dbus.Array([dbus.ObjectPath(COLLECTION)], signature="o")}

    @dbus.service.method(INTERFACE, in_signature="sv", out_signature="vo")
    def OpenSession(self, algorithm, theirs):
        be_slow()
        session = dbus.ObjectPath(f"{ROOT}/session/{len(keys) + 1}")
        if algorithm == "plain":
            keys[session] = None
            return dbus.String("", variant_level=1), session
        private = secrets.randbits(1024)
        shared = pow(int.from_bytes(bytes(theirs), "big"), private, PRIME).to_bytes(128, "big")
        keys[session] = HKDF(hashes.SHA256(), 16, None, b"").derive(shared)
        return dbus.ByteArray(pow(2, private, PRIME).to_bytes(128, "big"), variant_level=1), session

    @dbus.service.method(INTERFACE, in_signature="a{ss}", out_signature="aoao")
    def SearchItems(self, attributes):
        be_slow()
        item = stored()
        found = item and all(item["attributes"].get(name) == value for name, value in attributes.items())
        items = dbus.Array([dbus.ObjectPath(ITEM)] if found else [], signature="o")
        nothing = dbus.Array([], signature="o")
        return (items, nothing) if unlocked else (nothing, items)

    @dbus.service.method(INTERFACE, in_signature="ao", out_signature="aoo")
    def Unlock(self, objects):
        be_slow()
        if state == "denied":
            raise denied()
        if unlocked:
            return objects, NOTHING
        return dbus.Array([], signature="o"), dbus.ObjectPath(PROMPT)

    @dbus.service.method(INTERFACE, in_signature="s", out_signature="o")
    def ReadAlias(self, name):
        be_slow()
        return dbus.ObjectPath(COLLECTION) if name == "default" else NOTHING


class Collection(Object):
    INTERFACE = "org.freedesktop.Secret.Collection"

    def properties(self):
        return {"Locked": dbus.Boolean(not unlocked), "Label": "Login"}

    @dbus.service.method(INTERFACE, in_signature="a{sv}(oayays)b", out_signature="oo")
    def CreateItem(self, properties, secret, replace):
        be_slow()
        attributes = properties["org.freedesktop.Secret.Item.Attributes"]
        kept = {"attributes": {str(k): str(v) for k, v in attributes.items()}, "secret": decrypted(secret).hex()}
        with open(file, "w") as output:
            json.dump(kept, output)
        return dbus.ObjectPath(ITEM), NOTHING


class Item(Object):
    INTERFACE = "org.freedesktop.Secret.Item"

    def properties(self):
        return {
            "Locked": dbus.Boolean(not unlocked),
            "Label": "Key",
            "Attributes": dbus.Dictionary(stored()["attributes"], signature="ss"),
        }

    @dbus.service.method(INTERFACE, in_signature="o", out_signature="(oayays)")
    def GetSecret(self, session):
        be_slow()
        if state == "denied":
            raise denied()
        if state == "lost":
            os._exit(1)
        if not unlocked:
            raise dbus.DBusException("locked", name="org.freedesktop.Secret.Error.IsLocked")
        text = bytes.fromhex(stored()["secret"])
        # Another key of the same form.
        return encrypted(session, text[::-1] if state == "wrong" else text)


class Prompt(dbus.service.Object):
    INTERFACE = "org.freedesktop.Secret.Prompt"

    @dbus.service.method(INTERFACE, in_signature="s", out_signature="")
    def Prompt(self, window):
        # Nobody is there to answer, or somebody who takes 20 s for the password.
        answered = state == "prompt"
        GLib.timeout_add(20_000 if answered else 10, self.end, answered)

    def end(self, answered):
        global unlocked
        unlocked = answered
        result = dbus.Array([dbus.ObjectPath(ITEM)] if answered else [], signature="o", variant_level=1)
        self.Completed(not answered, result)
        return False

    @dbus.service.signal(INTERFACE, signature="bv")
    def Completed(self, dismissed, result):
        pass


def denied():
    return dbus.DBusException("no", name="org.freedesktop.DBus.Error.AccessDenied")


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
for kind, path in [(Service, ROOT), (Collection, COLLECTION), (Collection, ROOT + "/aliases/default")]:
    kind(bus, path)
Item(bus, ITEM)
Prompt(bus, PROMPT)
name = dbus.service.BusName(SERVICE_NAME, bus)
GLib.MainLoop().run()
