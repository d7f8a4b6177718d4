"""Requests made from what the registry says of its own API (introspection)."""

INTROSPECTION = """{ __schema { types { kind name
  fields { name args { name type { ...T } defaultValue } type { ...T } }
  inputFields { name type { ...T } defaultValue }
  enumValues { name } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"""


def named(type_):
    """The type without its lists and its !"""
    while type_.get("ofType"):
        type_ = type_["ofType"]
    return type_


def text_of(type_):
    """As a document writes it: `[ID!]!`"""
    if type_["kind"] == "NON_NULL":
        return text_of(type_["ofType"]) + "!"
    if type_["kind"] == "LIST":
        return f"[{text_of(type_['ofType'])}]"
    return type_["name"]


class Api:
    """The schema of a running registry."""

    def __init__(self, server):
        self.types = {row["name"]: row for row in server.api(INTROSPECTION)["__schema"]["types"]}

    def operations(self):
        """-> {"Query.repos": field}"""
        return {f"{root}.{field['name']}": field for root in ("Query", "Mutation")
                for field in self.types[root]["fields"]}

    def selection(self, type_, depth, choose=lambda field: True):
        """`{ id repo { slug } }` of what needs no arguments; nothing for a scalar."""
        fields = self.types[named(type_)["name"]].get("fields")
        if not fields:
            return ""
        parts = []
        for field in fields:
            needs = any(arg["type"]["kind"] == "NON_NULL" and arg["defaultValue"] is None
                        for arg in field["args"])
            is_leaf = not self.types[named(field["type"])["name"]].get("fields")
            if needs or not choose(field) or (depth == 0 and not is_leaf):
                continue
            inner = "" if is_leaf else self.selection(field["type"], depth - 1, choose)
            if is_leaf or inner:
                parts.append(f"{field['name']} {inner}".strip())
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def document(self, operation, depth=1, choose=lambda field: True):
        """Asks for one operation; its arguments are variables of the same names."""
        root, name = operation.split(".")
        field = self.operations()[operation]
        declared = ", ".join(f"${arg['name']}: {text_of(arg['type'])}" for arg in field["args"])
        given = ", ".join(f"{arg['name']}: ${arg['name']}" for arg in field["args"])
        head = root.lower() + (f" q({declared})" if declared else "")
        return (f"{head} {{ {name}{f'({given})' if given else ''} "
                f"{self.selection(field['type'], depth, choose)} }}")
