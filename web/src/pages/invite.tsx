import { useEffect, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { toApiError } from "../api/client.ts";
import { acceptInvitation, findInvitation, type Invitation } from "../api/login.ts";
import { Field, Form, Gate } from "../components/form.tsx";
import { peopleText } from "../text-people.ts";

/** The one-time page of somebody who was invited. What is behind the `#` is not sent with the address. */
export function InvitePage({ onDone }: { onDone: () => void }) {
  const [, navigate] = useLocation();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [error, setError] = useState("");
  const code = window.location.hash.slice(1);
  useEffect(() => {
    document.title = "Join · Rhumb";
    findInvitation(code)
      .then(setInvitation)
      .catch((failure: unknown) => setError(toApiError(failure).message));
  }, [code]);
  const join = async ({ name = "", password = "" }: Record<string, string>): Promise<void> => {
    await acceptInvitation(code, name.trim(), password);
    onDone();
    navigate("/", { replace: true });
  };
  return (
    <Gate title="Join Rhumb">
      <p role="alert" class="bad">
        {error}
      </p>
      {invitation !== null && (
        <>
          <p>{peopleText.invite.lead(invitation.email)}</p>
          <Form label="Your account" submit="Join" onSubmit={join}>
            <input type="hidden" name="email" value={invitation.email} autoComplete="username" />
            {!invitation.isKnown && <Field label="Your name" name="name" type="text" autoComplete="name" required maxLength={200} />}
            <Field
              label={invitation.isKnown ? "Password of your account" : "Password"}
              name="password"
              type="password"
              autoComplete={invitation.isKnown ? "current-password" : "new-password"}
              hint={invitation.isKnown ? "" : peopleText.invite.password}
              required
            />
          </Form>
        </>
      )}
    </Gate>
  );
}
