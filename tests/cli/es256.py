"""A key of ES256 that openssl makes and signs with."""

import subprocess


class Key:
    def __init__(self, path):
        self.path = path
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path], check=True)
        point = subprocess.run(["openssl", "ec", "-in", path, "-pubout", "-outform", "DER"], capture_output=True,
                               check=True).stdout[-64:]
        self.x, self.y = point[:32], point[32:]

    def sign(self, text):
        """-> in DER"""
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path], input=text, capture_output=True,
                              check=True).stdout
