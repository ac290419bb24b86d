import { createElement, type ComponentType } from "react";
import { Empty } from "../parts/Empty";
import { LinkButton } from "../parts/LinkButton";
import { Page } from "../parts/Page";
import { ErrorBoundary } from "./ErrorBoundary";
import { lazyPage } from "./lazyPage";
import { match, useAddress, type Params } from "./router";
import { routes, type PageProps, type Route } from "./routes";

/** Each route's page, made once. */
const pages = new Map<Route, ComponentType<PageProps>>();

export function routeOf(path: string): { route: Route; params: Params } | undefined {
  for (const route of routes) {
    const params = match(route.pattern, path);
    if (params) return { route, params };
  }
  return undefined;
}

/** The page of the present address. */
export function PageView() {
  const path = useAddress().split("?")[0] ?? "/";
  const found = routeOf(path);
  if (!found) {
    return (
      <Page title="Page not found">
        <Empty title={`There is no page ${path}`} action={<LinkButton to="/" kind="main">Go to the overview</LinkButton>}>
          The address may be mistyped, or be of another version of Slipway.
        </Empty>
      </Page>
    );
  }
  let page = pages.get(found.route);
  if (!page) {
    page = lazyPage(found.route.load);
    pages.set(found.route, page);
  }
  // Another thing of the same kind is another page: its state begins anew.
  return (
    <ErrorBoundary resetKey={path}>
      {createElement(page, { key: JSON.stringify(found.params), params: found.params })}
    </ErrorBoundary>
  );
}
