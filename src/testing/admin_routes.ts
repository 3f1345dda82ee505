/**
 * The endpoints for administrators, and for the list of users.
 *
 * @module
 */
import { ApiError } from "./responses.ts";
import { toUser } from "./account_routes.ts";
import { type Caller, callerOf } from "./caller.ts";
import { type Exchange, readBody } from "./exchange.ts";

/** `GET /server/features` */
export function readFeatures({ state }: Exchange): Response {
  const oauth = state.provider.mode !== "off";
  return state.responses.json({ oauth, passwordLogin: true, trash: true });
}

/** `GET /server/statistics` */
export function readStatistics(exchange: Exchange): Response {
  const { store } = adminOf(exchange);
  const count = (type: "IMAGE" | "VIDEO") =>
    store.where("assets", { type }).length;
  const counts = { photos: count("IMAGE"), videos: count("VIDEO") };
  return exchange.state.responses.json(counts);
}

/** `GET /admin/users` */
export function readAccounts(exchange: Exchange): Response {
  const { store, query } = adminOf(exchange);
  const users = store.rows("users").map(({ data }) => data)
    .filter(({ deletedAt }) =>
      deletedAt === null || query.get("withDeleted") === "true"
    );
  return exchange.state.responses.json(users.map(toUser));
}

/** `POST /admin/users` */
export function createAccount(exchange: Exchange): Response {
  const { library, store } = adminOf(exchange);
  const { email, name, password } = readBody(exchange);
  const { generation, passwords, responses } = exchange.state;
  if (store.where("users", { email: String(email) }).length > 0) {
    const message = generation.modern
      ? "Email is not available"
      : "User exists";
    throw new ApiError(400, message);
  }
  const user = library.addUser({ email: String(email), name: String(name) });
  passwords.set(user.id, String(password));
  return responses.json(toUser(user), 201);
}

/** `DELETE /admin/users/:id` */
export function deleteAccount(exchange: Exchange): Response {
  const { library, store, ids: [id = ""] } = adminOf(exchange);
  const user = store.find("users", id)?.data;
  // As on a real server, a soft-deleted user must be restored first.
  if (user?.deletedAt !== null) throw new ApiError(400, "User not found");
  if (readBody(exchange).force === true) library.deleteUser(id);
  else library.softDeleteUser(id);
  return exchange.state.responses.json(toUser(user));
}

/** `POST /admin/users/:id/restore` */
export function restoreAccount(exchange: Exchange): Response {
  const { library, store, ids: [id = ""] } = adminOf(exchange);
  if (store.find("users", id) === undefined) {
    throw new ApiError(400, "User not found");
  }
  return exchange.state.responses.json(toUser(library.restoreUser(id)));
}

/** `GET /users` */
export function readUsers(exchange: Exchange): Response {
  const { store } = callerOf(exchange);
  const users = store.where("users", { deletedAt: null })
    .map(({ id, name, email }) => ({ id, name, email }));
  return exchange.state.responses.json(users);
}

/** `PUT /users/me` */
export function updateUser(exchange: Exchange): Response {
  const { name } = readBody(exchange);
  const { library } = callerOf(exchange);
  const user = library.updateUser({ name: String(name) });
  return exchange.state.responses.json(toUser(user));
}

/** `PUT /users/me/onboarding` */
export function setOnboarding(exchange: Exchange): Response {
  const isOnboarded = readBody(exchange).isOnboarded === true;
  callerOf(exchange).library.setSettings("onboarding", { isOnboarded });
  return exchange.state.responses.json({ isOnboarded });
}

/** `DELETE /users/me/onboarding` */
export function deleteOnboarding(exchange: Exchange): Response {
  callerOf(exchange).library.deleteSettings("onboarding");
  return exchange.state.responses.empty();
}

function adminOf(exchange: Exchange): Caller {
  const caller = callerOf(exchange);
  const user = caller.store.find("users", caller.userId)?.data;
  if (user?.isAdmin) return caller;
  throw new ApiError(403, "Forbidden");
}
