import { useState } from "react";
import type { NewNetwork } from "../../api/schema";
import { Checkbox } from "../../parts/Checkbox";
import { Confirm } from "../../parts/Confirm";
import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";

interface Props {
  server: string;
  onMake: (body: NewNetwork) => Promise<void>;
  onClose: () => void;
}

/** Asks for what a new network is like. */
export function NewNetworkDialog({ server, onMake, onClose }: Props) {
  const [name, setName] = useState("");
  const [driver, setDriver] = useState<NonNullable<NewNetwork["driver"]>>("bridge");
  const [subnet, setSubnet] = useState("");
  const [gateway, setGateway] = useState("");
  const [isInternal, setInternal] = useState(false);
  const make = () =>
    onMake({
      name: name.trim(), driver, internal: isInternal || undefined,
      pools: subnet.trim() === "" ? undefined : [{ subnet: subnet.trim(), gateway: gateway.trim() || undefined }],
    });
  return (
    <Confirm title={`New network on ${server}`} act="Make it" onClose={onClose} onConfirm={make}>
      <Field label="Name" value={name} onChange={setName} autoFocus autoComplete="off" />
      <Select label="Driver" value={driver} options={["bridge", "overlay", "macvlan", "ipvlan"].map((word) => ({ value: word, label: word }))} onChange={(value) => setDriver(value as typeof driver)} />
      <Field label="Subnet" value={subnet} onChange={setSubnet} placeholder="chosen by the engine" autoComplete="off" />
      <Field label="Gateway" value={gateway} onChange={setGateway} placeholder="chosen by the engine" autoComplete="off" />
      <Checkbox label="Without a way out" hint="Containers reach each other, and nothing else." isOn={isInternal} onChange={setInternal} />
    </Confirm>
  );
}
