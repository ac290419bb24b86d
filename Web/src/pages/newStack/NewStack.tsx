import { Link } from "../../app/Link";
import { lazyPage } from "../../app/lazyPage";
import { useQuery } from "../../app/router";
import type { PageProps } from "../../app/routes";
import { Page } from "../../parts/Page";
import "./newStack.css";

const ways = [
  { way: "file", text: "Write a file", about: "Begin with a small Compose file in the editor." },
  { way: "template", text: "Template", about: "Fill in a form; the files are made of it." },
  { way: "upload", text: "Upload", about: "Files or a folder of this machine." },
  { way: "git", text: "Git", about: "Files of a repository, kept up to date on request." },
  { way: "adopt", text: "Adopt", about: "Take over what runs already; nothing is restarted." },
] as const;
type Way = (typeof ways)[number]["way"];

const forms: Record<Way, ReturnType<typeof lazyPage>> = {
  file: lazyPage(() => import("./FromFile")),
  template: lazyPage(() => import("./FromTemplate")),
  upload: lazyPage(() => import("./FromUpload")),
  git: lazyPage(() => import("./FromGit")),
  adopt: lazyPage(() => import("./Adoption")),
};

/** The ways to a new stack; each leads into its editor, or to the operation that makes it. */
export default function NewStack(_: PageProps) {
  const query = useQuery();
  const chosen: Way = ways.find((each) => each.way === query.get("from"))?.way ?? (query.has("adopt") ? "adopt" : query.has("template") ? "template" : "file");
  const Form = forms[chosen];
  return (
    <Page title="New stack" crumbs={[{ to: "/stacks", text: "Stacks" }]}>
      <nav aria-label="Ways to a new stack" className="tiles ways">
        {ways.map((each) => (
          <Link key={each.way} to={`/stacks/new?from=${each.way}`} className={each.way === chosen ? "tile tile-chosen" : "tile"} isCurrent={each.way === chosen}>
            <strong>{each.text}</strong>
            <span className="tile-note muted">{each.about}</span>
          </Link>
        ))}
      </nav>
      <Form />
    </Page>
  );
}
