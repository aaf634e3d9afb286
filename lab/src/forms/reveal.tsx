/** What a commitment opened. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import type { Bundle } from '../api/shapes';
import type { ITrans } from '../logic/trans';
import { Rendered } from './rendered';

interface IRevealProps {
  bundles: Bundle[];
  trans: ITrans;
  rendermime: IRenderMimeRegistry;
  /** It has just been opened: it comes quietly, and the keyboard goes to its heading. */
  fresh: boolean;
  heading: React.Ref<HTMLHeadingElement>;
}

export function Reveal({ bundles, trans, rendermime, fresh, heading }: IRevealProps): React.JSX.Element {
  const id = React.useId();
  return (
    <div role="group" className={fresh ? 'ck-reveal ck-fresh' : 'ck-reveal'} aria-labelledby={id}>
      <h4 id={id} ref={heading} tabIndex={-1}>
        {trans.__('What this opens')}
      </h4>
      {bundles.map((bundle, n) => (
        <Rendered key={n} rendermime={rendermime} bundle={bundle} />
      ))}
    </div>
  );
}
