import { lazy, Suspense, type ComponentType } from "react";
import { Skeleton } from "../parts/Skeleton";

/** A component in a chunk of its own, with its waiting state. */
export function lazyPage<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>): ComponentType<Props> {
  // The types of lazy ask for props that may be anything.
  const Loaded = lazy(load as () => Promise<{ default: ComponentType<any> }>);
  return function LazyPage(props: Props) {
    return (
      <Suspense fallback={<div className="page"><Skeleton lines={6} /></div>}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
