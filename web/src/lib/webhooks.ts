// What a form says of a webhook.
import type { Webhook } from "../api/types.ts";
import { unusualEvents, webhookEvents } from "../text-webhooks.ts";

export interface WebhookWish {
  type: string;
  url: string;
  secret?: string;
  repo?: string;
  envs: string[];
  events: string[];
}

/** `prod, prod-*` as a list. */
export function listOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Chosen events; none when they are the usual ones, so that new ones are told of as well. */
export function eventsOf(chosen: string[]): string[] {
  const usual = webhookEvents.map(([name]) => name).filter((name) => !unusualEvents.includes(name));
  const isUsual = chosen.length === usual.length && usual.every((name) => chosen.includes(name));
  return isUsual ? [] : chosen;
}

export function wishOf(data: FormData): WebhookWish {
  const text = (name: string): string => String(data.get(name) ?? "").trim();
  const secret = text("secret");
  const repo = text("repo");
  return {
    type: text("type"),
    url: text("url"),
    ...(secret === "" ? {} : { secret }),
    ...(repo === "" ? {} : { repo }),
    envs: listOf(text("envs")),
    events: eventsOf(data.getAll("event").map(String)),
  };
}

export type WebhookState = "enabled" | "failing" | "disabled";

export function stateOf({ enabled, failingSince }: Pick<Webhook, "enabled" | "failingSince">): WebhookState {
  if (!enabled) return "disabled";
  return failingSince === null ? "enabled" : "failing";
}

/** The events of a webhook in a few words. */
export function toldOf({ events }: Pick<Webhook, "events">): string {
  if (events.length === 0) return "the usual events";
  return events.length > 3 ? `${events.slice(0, 2).join(", ")} and ${events.length - 2} more` : events.join(", ");
}
