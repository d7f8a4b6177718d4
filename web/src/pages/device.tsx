import { useState } from "preact/hooks";
import { useSearch } from "wouter-preact";
import { request } from "../api/client.ts";
import { decideDeviceDocument, deviceDocument } from "../api/documents.ts";
import { Facts } from "../components/facts.tsx";
import { Field, Form } from "../components/form.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Time } from "../components/time.tsx";
import { valueOf } from "../lib/query.ts";
import { peopleText } from "../text-people.ts";

interface Device {
  userCode: string;
  client: string;
  ip: string;
  requestedAt: string;
}

function Decision({ device, onDone }: { device: Device; onDone: (said: string) => void }) {
  const decide = (isApproved: boolean): (() => Promise<void>) => async () => {
    await request(decideDeviceDocument, { input: { userCode: device.userCode, approve: isApproved } });
    onDone(isApproved ? peopleText.device.approved : peopleText.device.refused);
  };
  return (
    <>
      <p>{peopleText.device.ask}</p>
      <Facts
        rows={[
          ["Code", <code>{device.userCode}</code>],
          ["Program", device.client],
          ["Address", device.ip],
          ["Asked", <Time value={device.requestedAt} ago />],
        ]}
      />
      <div class="filters">
        <Form label="Let it in" submit="This is me, let it in" onSubmit={decide(true)} />
        <Form label="Refuse it" submit="Refuse it" onSubmit={decide(false)} />
      </div>
    </>
  );
}

/** Where somebody confirms that a command line is theirs. */
export function DevicePage() {
  const search = useSearch();
  const [device, setDevice] = useState<Device | null>(null);
  const [said, setSaid] = useState("");
  const look = async ({ code = "" }: Record<string, string>): Promise<void> =>
    setDevice((await request<{ device: Device }>(deviceDocument, { userCode: code })).device);
  return (
    <>
      <PageHead title="Let a command line in" />
      {said !== "" && <p role="status">{said}</p>}
      {said === "" && device === null && (
        <>
          <p class="soft">{peopleText.device.lead}</p>
          <Form label="Code" submit="Look it up" className="filters" onSubmit={look}>
            <Field label="Code that the command shows" name="code" autoComplete="off" required value={valueOf(search, "code")} spellcheck={false} />
          </Form>
        </>
      )}
      {said === "" && device !== null && <Decision device={device} onDone={setSaid} />}
    </>
  );
}
