import { assert, assertEquals, assertThrows } from "@std/assert";
import { toApiPath } from "../../src/server/api_path.ts";
import { SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

test("a path is sent under /api, percent-encoded where necessary", () => {
  const paths: [string, string][] = [
    ["/albums", "/api/albums"],
    ["/", "/api/"],
    [
      "/assets/1/thumbnail?size=preview",
      "/api/assets/1/thumbnail?size=preview",
    ],
    ["/a b/ä?q=ä b", "/api/a%20b/%C3%A4?q=%C3%A4%20b"],
    ["/people/a%2Fb", "/api/people/a%2Fb"],
    ["/a//b/", "/api/a//b/"],
    ["/a...b/..c/d..", "/api/a...b/..c/d.."],
    [
      "/view/folder?path=/../x&y=%2e%2e",
      "/api/view/folder?path=/../x&y=%2e%2e",
    ],
    [
      "/search?url=https://other.example//",
      "/api/search?url=https://other.example//",
    ],
    ["/apiary", "/api/apiary"],
    ["/users/me@example.com:80", "/api/users/me@example.com:80"],
    ["/100%", "/api/100%"],
  ];
  for (const baseUrl of ["https://a.example", "https://a.example/sub/api/"]) {
    for (const [path, expected] of paths) {
      assertEquals(toApiPath({ ...SESSION, baseUrl }, path), expected);
    }
  }
});

/** Rejected paths, with the reasons. */
const REFUSED: { name: string; problem: string; paths: unknown[] }[] = [
  {
    name: "a path that does not begin with exactly one slash is rejected",
    problem: "path must start with one slash",
    paths: [
      ...["", "albums", "?a=1", " /albums", "https://other.example/api/albums"],
      ...["//other.example/a", "///other.example", "/\\other.example"],
      ...["http:/albums", "\\\\other.example", "@other.example", ".other.a"],
      ...[undefined, null, 1, {}, ["/albums"], new URL("https://a.example/b")],
    ],
  },
  {
    name: "a path with a backslash, fragment or control character is rejected",
    problem: "path contains a backslash, a fragment or a control character",
    paths: [
      ...["/a\\..\\b", "/a#b", "/a?b#c", "/a\n", "/a\0b", "/.\t./b", "/a\x7f"],
      ...["/.\r.", "/a?b=\n", "/a?b\\c"],
    ],
  },
  {
    name:
      "a path with a dot segment is rejected even if the dots or slashes are encoded",
    problem: 'path contains a segment "." or ".."',
    paths: [
      ...["/..", "/../b", "/a/..", "/a/../../b", "/a/..?b", "/.", "/./b"],
      ...["/%2e%2e/b", "/%2E%2e", "/.%2e/b", "/%2e./b", "/a/%2e%2e%2fb"],
      ...["/a/..%2fb", "/a%2f..%2fb", "/a%2F..", "/..%5cb", "/a%5c..%5Cb"],
      ...["/%252e%252e/b", "/%25252e%25252E", "/.%252e/b", "/a%252f..%252fb"],
    ],
  },
  {
    name: "a path that begins with /api is rejected",
    problem: 'path must not start with "/api"',
    paths: ["/api", "/api/albums", "/API/albums", "/api?a=1", "/api%2falbums"],
  },
];

for (const { name, problem, paths } of REFUSED) {
  test(name, () => {
    for (const path of paths) {
      const error = assertThrows(
        () => toApiPath(SESSION, path as string),
        TypeError,
        `Cannot make the request: ${problem}`,
        JSON.stringify(path),
      );
      assert(!error.message.includes("other.example"));
    }
  });
}
