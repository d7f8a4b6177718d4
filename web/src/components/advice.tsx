import type { Advice } from "../lib/advice.ts";
import { Command } from "./command.tsx";

/** What a failure left behind and how to go on. */
export function AdviceView({ advice, error }: { advice: Advice; error: string | null }) {
  return (
    <section class="notice notice-bad" aria-label="How to go on">
      {error !== null && error !== "" && <pre class="error-text">{error}</pre>}
      <h2>{advice.title}</h2>
      {advice.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <Command>{advice.commands.join("\n")}</Command>
    </section>
  );
}
