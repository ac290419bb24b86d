import { Component, type ReactNode } from "react";
import { asProblem } from "../api/problem";
import { ProblemNote } from "../parts/ProblemNote";

interface Props {
  /** Another value makes a new try, as the address does for a page. */
  resetKey?: string;
  children: ReactNode;
}

/** A part that fails says so in its place, and leaves the others alone. */
export class ErrorBoundary extends Component<Props, { error: unknown; key: string | undefined }> {
  state = { error: undefined as unknown, key: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error("unknown") };
  }

  static getDerivedStateFromProps(props: Props, state: { key: string | undefined }): { error: undefined; key: string | undefined } | null {
    return props.resetKey === state.key ? null : { error: undefined, key: props.resetKey };
  }

  render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <ProblemNote problem={asProblem(this.state.error)} retry={() => this.setState({ error: undefined })} />;
  }
}
