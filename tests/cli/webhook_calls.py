"""Webhooks of a registry: made, pinged, and what became of their messages."""


def create(scratch, url, *flags):
    """-> id of the new webhook"""
    return scratch.run("cloud", "webhook", "create", "--url", url, "--format", "{{ .ID }}", *flags).ok().quiet().out.strip()


def deliveries(server, webhook):
    document = ("query D($input: WebhookDeliveriesInput!) { webhookDeliveries(input: $input) { deliveries { id event guid "
                "attempt delivered status error nextAttempt request response } } }")
    payload = server.api(document, {"input": {"webhookID": webhook, "page": {"pageSize": 100}}})
    return payload["webhookDeliveries"]["deliveries"]


def ping(scratch, webhook, **options):
    return scratch.run("cloud", "webhook", "ping", "--id", webhook, **options)
