"""What a registry sends to the outside, through a proxy."""

import base64

from forward_proxy import ForwardProxy, speak_tls
from harness import contains, lacks, matches, same, test, wait_for
from receivers import Receiver
from webhook_calls import create, deliveries, ping

HOST = "hooks.example.invalid"  # which only the proxy can find


@test
def webhooks_go_through_the_proxy(scratch):
    receiver = Receiver(scratch)
    proxy = ForwardProxy(scratch, receiver.port)
    server = scratch.server(flags=["--egress-proxy", f"http://registry:s3cret-word@{proxy.address}"])
    webhook = create(scratch, f"http://{HOST}/hook")
    ping(scratch, webhook).ok()
    wait_for(lambda: receiver.at("/hook"), "the receiver is told")
    credentials = "Basic " + base64.b64encode(b"registry:s3cret-word").decode()
    same(proxy.asked, [("POST", f"http://{HOST}/hook", credentials)], "requests to the proxy")
    delivery = wait_for(lambda: [d for d in deliveries(server, webhook) if d["delivered"]], "it is noted")[0]
    lacks(delivery["request"] + delivery["response"] + "\n".join(server.log), "s3cret-word", credentials)
    proxy.answer = 403
    ping(scratch, webhook)
    refused = wait_for(lambda: [d for d in deliveries(server, webhook) if d["error"]], "the proxy refuses")[0]
    same(refused["error"], "the receiver, or the proxy, answered with status 403", "error")


@test
def what_is_inside_is_not_asked_of_the_proxy(scratch):
    receiver = Receiver(scratch)
    proxy = ForwardProxy(scratch, receiver.port)
    scratch.environment["HTTPS_PROXY"] = proxy.address
    server = scratch.server(flags=["--egress-proxy", "environment"])
    for host in ("localhost", "127.1", "2130706433", "vault", "db.internal"):
        webhook = create(scratch, f"http://{host}:{receiver.port}/hook")
        ping(scratch, webhook)
        said = wait_for(lambda: [d["error"] for d in deliveries(server, webhook) if d["error"]], f"{host} is refused")[0]
        matches(said, "is a loopback address|has no address here, and is no name of the open Internet")
        contains(said, "--webhook-allow")
    same((proxy.asked, receiver.requests), ([], []), "requests")
    server.stop()
    server.flags = [*server.flags, "--webhook-allow", "127.0.0.0/8"]
    server.start()
    webhook = create(scratch, f"http://localhost:{receiver.port}/direct")
    ping(scratch, webhook).ok()
    wait_for(lambda: receiver.at("/direct"), "what is allowed is reached directly")
    same(proxy.asked, [], "requests to the proxy")


@test
def webhooks_over_tls_go_through_the_proxy(scratch):
    receiver = Receiver(scratch)
    scratch.environment["SSL_CERT_FILE"] = speak_tls(scratch, receiver, HOST)
    proxy = ForwardProxy(scratch, receiver.port)
    server = scratch.server(flags=["--egress-proxy", f"http://registry:s3cret-word@{proxy.address}"])
    webhook = create(scratch, f"https://{HOST}/hook")
    ping(scratch, webhook).ok()
    delivery = wait_for(lambda: [d for d in deliveries(server, webhook) if d["delivered"]], "it is delivered")[0]
    same((delivery["status"], delivery["error"], delivery["attempt"]), (200, None, 1), "delivery")
    contains(delivery["request"], f"POST https://{HOST}/hook\n")
    credentials = "Basic " + base64.b64encode(b"registry:s3cret-word").decode()
    same(proxy.asked, [("CONNECT", f"{HOST}:443", credentials)], "requests to the proxy: it sees no more than the host")
    (request,) = receiver.at("/hook")
    lacks(str(request[1]), "Proxy-", credentials)
    same(receiver.bodies("/hook")[0]["event"], "ping", "what arrived")


@test
def a_receiver_that_is_not_trusted_gets_nothing(scratch):
    strange, misnamed = Receiver(scratch), Receiver(scratch)
    speak_tls(scratch, strange, HOST)
    trusted = speak_tls(scratch, misnamed, "other.example.invalid")
    for receiver, certificates, why in ((strange, "", "self-signed certificate"),
                                        (strange, trusted, "self-signed certificate"),
                                        (misnamed, trusted, f"does not match|no alternative certificate subject name matches.*{HOST}")):
        scratch.environment["SSL_CERT_FILE"] = certificates
        proxy = ForwardProxy(scratch, receiver.port)
        server = scratch.server(flags=["--egress-proxy", proxy.url])
        webhook = create(scratch, f"https://{HOST}/hook")
        ping(scratch, webhook)
        failed = wait_for(lambda: [d for d in deliveries(server, webhook) if d["error"]], "it is noted")[0]
        matches(failed["error"], why)
        contains(failed["error"], "have the server trust who issued it: SSL_CERT_FILE")
        same((failed["delivered"], failed["status"], failed["response"]), (False, None, None), "delivery")
        same(({method for method, _, _ in proxy.asked}, receiver.requests), ({"CONNECT"}, []), "requests")
        server.stop()


@test
def checkpoints_go_through_the_proxy(scratch):
    receiver, near = Receiver(scratch), Receiver(scratch)
    scratch.environment["AWS_CA_BUNDLE"] = speak_tls(scratch, receiver, HOST)
    proxy = ForwardProxy(scratch, receiver.port)
    server = scratch.server(flags=["--egress-proxy", proxy.url, "--audit-checkpoint-every", "100ms",
                                   "--audit-target", f"https://{HOST}/T0", "--audit-target", near.url + "/near"])
    wait_for(lambda: receiver.at("/T0"), "the checkpoint behind the proxy")
    wait_for(lambda: near.at("/near"), "the one on this machine")
    server.stop()
    same({(method, target) for method, target, _ in proxy.asked}, {("CONNECT", f"{HOST}:443")}, "requests to the proxy")


@test
def a_proxy_that_is_none_is_refused(scratch):
    for value, error in (("proxy", "--egress-proxy: a proxy must be http://host:port"),
                         ("http://user:s3cret@proxy", "--egress-proxy: a proxy must be http://host:port"),
                         ("environment", "--egress-proxy: neither https_proxy nor HTTPS_PROXY is set")):
        done = scratch.run("serve", "--data", "data", "--listen", "127.0.0.1:0", "--egress-proxy", value,
                           env={"HTTPS_PROXY": "", "https_proxy": ""}).fails(error)
        lacks(done.err, "s3cret")
