import { useLocation } from "wouter-preact";
import { PageHead } from "../components/page-head.tsx";
import { text } from "../text.ts";

const laterPages = /^\/(schemas|ci-runs|explore)\//;

export function NotFoundPage() {
  const [path] = useLocation();
  return (
    <>
      <PageHead title={text.notFound.title} />
      <p>{laterPages.test(path) ? text.notFound.later : text.notFound.page}</p>
      <p>
        <code>{path}</code>
      </p>
    </>
  );
}
