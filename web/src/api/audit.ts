// What the registry gives away of its audit log over HTTP.
import { exportPath, parseCheckpoints, type Checkpoint, type ExportFormat } from "../lib/audit.ts";
import { fetchFile } from "./client.ts";

const keptMs = 60_000;

export async function fetchCheckpoints(): Promise<Checkpoint[]> {
  return parseCheckpoints(await (await fetchFile("/audit/checkpoints")).text());
}

/** Saves an export where the browser keeps what it loads: a link cannot show the token. */
export async function saveExport(search: string, format: ExportFormat): Promise<void> {
  const address = URL.createObjectURL(await (await fetchFile(exportPath(search, format))).blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `audit.${format}`;
  link.click();
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), keptMs);
}
