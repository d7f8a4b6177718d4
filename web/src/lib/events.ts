// Server-sent events, read from the bytes of a response: EventSource cannot send a token.

export interface ServerEvent {
  event: string;
  data: string;
}

/** The event of one block, null when the block is only a comment. */
export function parseEvent(block: string): ServerEvent | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { event, data: data.join("\n") };
}

/** Collects chunks and hands out whole events; a block ends at an empty line. */
export class EventReader {
  private rest = "";

  push(chunk: string): ServerEvent[] {
    const blocks = (this.rest + chunk).replaceAll("\r\n", "\n").split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(parseEvent).filter((event) => event !== null);
  }
}
