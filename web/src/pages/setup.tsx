import { useEffect, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { storeToken } from "../api/client.ts";
import { redeemSetup, useSession } from "../api/login.ts";
import { Command } from "../components/command.tsx";
import { Field, Form, Gate } from "../components/form.tsx";
import { peopleText } from "../text-people.ts";

/** The one-time page of the first person. */
export function SetupPage({ code, onDone }: { code: string; onDone: () => void }) {
  const [, navigate] = useLocation();
  const [made, setMade] = useState({ token: "", hasSession: false });
  useEffect(() => {
    document.title = "Set up · Rhumb";
  }, []);
  const setUp = async ({ name = "", email = "", password = "" }: Record<string, string>): Promise<void> =>
    setMade({ token: await redeemSetup(code, { name: name.trim(), email: email.trim(), password }), hasSession: password !== "" });
  const enter = (): void => {
    if (made.hasSession) useSession();
    else storeToken(made.token, false);
    onDone();
    navigate("/", { replace: true });
  };
  return (
    <Gate title="Set up Rhumb">
      {made.token === "" ? (
        <>
          <p>{peopleText.setup.lead}</p>
          <Form label="First person" submit="Make my account" onSubmit={setUp}>
            <Field label="Your name" name="name" type="text" autoComplete="name" required maxLength={200} />
            <Field label="E-mail address" name="email" type="email" autoComplete="username" />
            <Field label="Password" name="password" type="password" autoComplete="new-password" minLength={10} hint={peopleText.setup.password} />
          </Form>
        </>
      ) : (
        <>
          <p role="status">{peopleText.setup.shownOnce}</p>
          <Command>{made.token}</Command>
          <button type="button" class="primary" onClick={enter}>
            I have kept it, go on
          </button>
        </>
      )}
    </Gate>
  );
}
