// What a program with a generated client does: two people meet and talk, and each refusal comes with its code, typed.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Problem = components["schemas"]["Problem"];

const baseUrl = process.argv[2] ?? "";

// "Accept" makes refusals JSON: the library itself would send "*/*", and get a sentence.
function client(token?: string) {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== undefined) {
    headers["Authorization"] = `Bearer ${token}`;
  }
  return createClient<paths>({ baseUrl, headers });
}

// A sentence comes only where the service does not know what the client would rather have (414 and 431).
type Refusal = Problem | string | undefined;

function refused(error: Refusal, code: Problem["code"]) {
  if (typeof error !== "object" || error.code !== code) {
    throw new Error(`expected ${code}, got ${JSON.stringify(error)}`);
  }
}

function got<T>(data: T | undefined, error: Refusal): T {
  if (data === undefined) {
    throw new Error(typeof error === "object" ? error.detail : error);
  }
  return data;
}

async function signUp(username: string) {
  const body = { username, email: `${username}@example.test`, password: "correct horse" };
  const { data, error } = await client().POST("/api/auth/signup", { body });
  return got(data, error);
}

const suffix = crypto.randomUUID().slice(0, 8);
const ada = await signUp(`ada_${suffix}`);
const grace = await signUp(`grace_${suffix}`);
const eve = await signUp(`eve_${suffix}`);

const again = await client().POST("/api/auth/signup", {
  body: { username: ada.user.username, email: "another@example.test", password: "correct horse" },
});
refused(again.error, "username_taken");

const asked = await client(ada.token).POST("/api/friends/request", { body: { to_email: grace.user.email } });
if (!got(asked.data, asked.error).success) {
  throw new Error("the friend request was refused");
}
const pending = await client(grace.token).GET("/api/friends/requests");
const request = got(pending.data, pending.error).requests[0];
if (request === undefined || request.from_username !== ada.user.username) {
  throw new Error("no friend request");
}
const accepted = await client(grace.token).POST("/api/friends/respond", {
  body: { request_id: request.id, accept: true },
});
got(accepted.data, accepted.error);

const list = await client(ada.token).GET("/api/conversations", { params: { query: { kind: ["direct"] } } });
const conversation = got(list.data, list.error).conversations[0];
if (conversation === undefined) {
  throw new Error("no conversation");
}
const message = crypto.randomUUID();
const put = {
  params: { path: { conversation: conversation.id, message } },
  body: { content: "Hello, Grace", message_type: "text" },
} as const;
const stored = await client(ada.token).PUT("/sync/conversations/{conversation}/messages/{message}", put);
if (got(stored.data, stored.error).message_id !== message) {
  throw new Error("another message was stored");
}

const history = { params: { path: { id: conversation.id }, query: { limit: 10 } } };
const read = await client(grace.token).GET("/api/conversations/{id}/messages", history);
if (got(read.data, read.error).messages[0]?.content !== "Hello, Grace") {
  throw new Error("the message did not arrive");
}
const stranger = await client(eve.token).GET("/api/conversations/{id}/messages", history);
refused(stranger.error, "not_participant");
const unknown = await client(ada.token).PUT("/sync/conversations/{conversation}/messages/{message}", {
  params: { path: { conversation: conversation.id, message: crypto.randomUUID() }, header: { Parents: '"x"' } },
  body: { content: "Hello again" },
});
refused(unknown.error, "parent_unknown");
console.log("done");
