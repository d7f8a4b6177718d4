import { request } from "../api/client.ts";
import { abortPlanDocument, approvePlanDocument } from "../api/documents.ts";
import type { Decision } from "../components/decide-dialog.tsx";
import { given } from "../lib/query.ts";

/** A yes or no to a revert. */
export function planDecision(id: string, isRefusal: boolean): Decision {
  const verb = isRefusal ? "Reject" : "Approve";
  return {
    title: `${verb} plan ${id}?`,
    verb,
    isRefusal,
    takesComment: true,
    command: `rhumb cloud plan ${isRefusal ? "abort" : "approve"} --id ${id}`,
    act: async (comment) => void (await request(isRefusal ? abortPlanDocument : approvePlanDocument, { input: given({ id, comment }) })),
  };
}
