// A question and its answer in the types made of the server's description; run against a server by the tests.
import type { components, paths } from "./schema";

type Check = paths["/v1/check"]["get"];
type Asked = Check["parameters"]["query"];
type Answer = Check["responses"]["200"]["content"]["application/json"];
type Problem = components["schemas"]["Problem"];

declare const process: { argv: string[] };

const asked: Asked = { origin: "EU", destination: "US", as_of: "2015-10-07", data: ["personal"] };
// @ts-expect-error a question needs a destination
const half: Asked = { origin: "EU" };
// @ts-expect-error there is no such status
const wrong: components["schemas"]["status"] = "fine";

async function got<T>(path: string, words: object): Promise<T> {
  const query = new URLSearchParams(Object.entries(words).map(([name, value]) => [name, String(value)]));
  return (await (await fetch(`${process.argv[2]}${path}?${query}`)).json()) as T;
}

const answer = await got<Answer>("/v1/check", asked);
const status: components["schemas"]["status"] = answer.status;
const articles: string[] = answer.routes.map((route) => route.article);
const problem = await got<Problem>("/v1/check", half);
console.log(JSON.stringify({ status, articles, places: problem.errors.map((one) => one.place), wrong }));
