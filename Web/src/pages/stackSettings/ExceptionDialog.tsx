import { useState } from "react";
import type { NewPolicyException } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { useAction } from "../../parts/useAction";

const rules: { value: NewPolicyException["rule"]; label: string }[] = [
  { value: "POL-1", label: "POL-1: privileged, socket of an engine" }, { value: "POL-2", label: "POL-2: mounts of the host" },
  { value: "POL-3", label: "POL-3: namespaces of the host" }, { value: "POL-4", label: "POL-4: added capabilities" },
  { value: "POL-5", label: "POL-5: devices, sysctls" }, { value: "POL-6", label: "POL-6: security options" },
  { value: "POL-7", label: "POL-7: foreign volumes, runtimes and drivers" }, { value: "POL-8", label: "POL-8: images, ports, limits" },
];

interface Props {
  onGrant: (exception: NewPolicyException) => Promise<void>;
  onClose: () => void;
}

/** Lets a stack do what a rule denies, with a reason and an end. */
export function ExceptionDialog({ onGrant, onClose }: Props) {
  const [rule, setRule] = useState<NewPolicyException["rule"]>("POL-1");
  const [reason, setReason] = useState("");
  const [days, setDays] = useState("90");
  const isLong = /^\d+$/.test(days) && Number(days) >= 1 && Number(days) <= 366;
  const grant = useAction(() => onGrant({ rule, reason: reason.trim(), days: Number(days) }));
  return (
    <Dialog
      title="Grant an exception" onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="main" isBusy={grant.isBusy} refusal={reason.trim() === "" ? "give a reason" : isLong ? null : "1 to 366 days"}
            onClick={() => void grant.run().then((isDone) => isDone && onClose())}
          >
            Grant it
          </Button>
        </>
      }
    >
      <Select label="Rule" value={rule} options={rules} onChange={(value) => setRule(value as typeof rule)} />
      <Field label="Reason" value={reason} onChange={setReason} maxLength={500} hint="It stands in the audit log and in every plan." />
      <Field label="Days" inputMode="numeric" value={days} onChange={setDays} error={isLong ? null : "1 to 366"} />
      {grant.problem && <ProblemNote problem={grant.problem} />}
    </Dialog>
  );
}
