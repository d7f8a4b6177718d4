import { useLocation } from "wouter-preact";
import { PageHead } from "../components/page-head.tsx";
import { text } from "../text.ts";

export function NotFoundPage() {
  const [path] = useLocation();
  return (
    <>
      <PageHead title={text.notFound.title} />
      <p>{text.notFound.page}</p>
      <p>
        <code>{path}</code>
      </p>
    </>
  );
}
