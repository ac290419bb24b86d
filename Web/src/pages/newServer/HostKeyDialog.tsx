import type { Problem } from "../../api/schema";
import { Button } from "../../parts/Button";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { Facts } from "../../parts/Facts";

interface Props {
  hostKey: NonNullable<Problem["host_key"]>;
  onConfirm: () => void;
  onClose: () => void;
}

/** Shows the key that a host has shown; nothing was sent to it yet. */
export function HostKeyDialog({ hostKey, onConfirm, onClose }: Props) {
  return (
    <Dialog title={`Is this the key of ${hostKey.host}?`} onClose={onClose} footer={<><Button onClick={onClose}>It is not</Button><Button kind="main" onClick={onConfirm}>It is: go on</Button></>}>
      <Facts
        facts={[
          ["Host", <span className="mono">{hostKey.host}</span>], ["Type", hostKey.type],
          ["Fingerprint", <span className="row"><code>{hostKey.fingerprint}</code> <CopyButton text={hostKey.fingerprint} name="Copy the fingerprint" /></span>],
        ]}
      />
      <p>Compare it with what the host itself says:</p>
      <pre tabIndex={0} aria-label="Command to run on the host">ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</pre>
      <p className="muted">It is kept from now on. A host that shows another key later is not signed in to.</p>
    </Dialog>
  );
}
