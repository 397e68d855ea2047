// Opens a GitLab issue with the text of the given file, or updates the open issue. Without a file, closes the open issue.
// Only an issue whose text starts with `mark` is changed.
import { readFileSync } from "node:fs";

const { CI_API_V4_URL, CI_PROJECT_ID, GITLAB_TOKEN, PULUMI_STACK } = process.env;
const issues = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/issues`;
const mark = `<!-- drift of ElevenLabs secrets, stack ${PULUMI_STACK} -->`;
const [file] = process.argv.slice(2);

async function call(method, url, body) {
  const headers = { "private-token": GITLAB_TOKEN, "content-type": "application/json" };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} returned ${response.status}`);
  return response.json();
}

const labelled = await call("GET", `${issues}?state=opened&labels=drift&per_page=100`);
const open = labelled.find(({ description }) => description?.startsWith(mark));
if (file) {
  const description = `${mark}\n${readFileSync(file, "utf8").slice(0, 500_000)}`;
  const { web_url } = open
    ? await call("PUT", `${issues}/${open.iid}`, { description })
    : await call("POST", issues, { title: "ElevenLabs secrets have drifted", labels: "drift", description });
  console.log(web_url);
} else if (open) {
  await call("PUT", `${issues}/${open.iid}`, { state_event: "close" });
}
