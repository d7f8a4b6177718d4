import { request } from "../api/client.ts";
import { findDocument } from "../api/documents.ts";
import { Palette } from "../components/palette.tsx";
import { destinations, type Destination, type Found } from "../lib/palette.ts";

interface GoToProps {
  pages: Destination[];
  onGo: (path: string) => void;
  onClose: () => void;
}

/** The command palette over what the registry finds. Pages are offered even when it does not answer. */
export function GoTo({ pages, onGo, onClose }: GoToProps) {
  const find = async (word: string): Promise<Destination[]> => {
    const found = word.trim() === "" ? null : await request<Found>(findDocument, { search: word.trim() }).catch(() => null);
    return destinations(word, pages, found);
  };
  return <Palette find={find} onGo={onGo} onClose={onClose} />;
}
