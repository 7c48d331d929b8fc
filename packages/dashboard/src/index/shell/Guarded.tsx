/** A part of the page that may fail by itself: it says so in its own place, and the rest of the page lives. */
import { reasonOf } from '@shoal/core';
import { Component, type ComponentChildren } from 'preact';
import { reportFailure } from '../failures.ts';
import { frameTexts } from '../texts.ts';

type GuardedProps = {
  /** By which the log names it: small letters and dashes. */
  readonly name: string;
  /** Called before another attempt, where it takes more than drawing anew. */
  readonly onRetry?: () => void;
  readonly children: ComponentChildren;
};

type GuardedState = { readonly failure: string | null };

export class Guarded extends Component<GuardedProps, GuardedState> {
  override state: GuardedState = { failure: null };

  static override getDerivedStateFromError(error: unknown): GuardedState {
    return { failure: reasonOf(error) };
  }

  override componentDidCatch(error: unknown): void {
    reportFailure(this.props.name, error);
  }

  override render() {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    const again = (): void => {
      this.props.onRetry?.();
      this.setState({ failure: null });
    };
    return <Failed failure={failure} onRetry={again} />;
  }
}

function Failed({ failure, onRetry }: { readonly failure: string; readonly onRetry: () => void }) {
  const t = frameTexts();
  return (
    <section class="panel failed" role="alert">
      <p>
        <strong>{t.partFailed}</strong> <span class="quiet">{t.partFailedWhat}</span>
      </p>
      <p>
        <code>{failure}</code>
      </p>
      <button type="button" onClick={onRetry}>
        {t.tryAgain}
      </button>
    </section>
  );
}
