/**
 * An OpenID Connect provider that signs in the same user each time, without
 * asking. Runs in Node with the `oidc-provider` package.
 *
 *     node provider.mjs PORT EMAIL
 */
import Provider from "oidc-provider";

const [port, email] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: "immich",
    client_secret: "immich-secret",
    // Allows redirects to the loopback address over http, on any port.
    application_type: "native",
    token_endpoint_auth_method: "client_secret_post",
    redirect_uris: ["http://127.0.0.1/callback"],
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email, email_verified: true }),
  }),
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/sign-in/")) return await next();
  const { params, session, grantId } = await provider.interactionDetails(
    context.req,
    context.res,
  );
  const accountId = session?.accountId ?? email;
  const grant = await provider.Grant.find(grantId ?? "") ??
    new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = {
    login: { accountId },
    consent: { grantId: await grant.save() },
  };
  await provider.interactionFinished(context.req, context.res, result, {
    mergeWithLastSubmission: false,
  });
  context.respond = false;
});

provider.listen(Number(port), () => console.log(`Listening on ${issuer}`));
