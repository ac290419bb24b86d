import { useState } from "react";
import type { Session } from "../../api/schema";
import { useTitle } from "../../app/title";
import { Logo } from "../../parts/Logo";
import { AdministratorStep } from "./AdministratorStep";
import { ServerStep } from "./ServerStep";
import { TokenStep } from "./TokenStep";
import "./setup.css";

const STEPS = ["Token", "Administrator", "First server"];

/** The first run: who may, who is, and where things will run. */
export default function Setup({ onDone }: { onDone: (session: Session) => Promise<void> }) {
  const [step, setStep] = useState(0);
  const [token, setToken] = useState("");
  const [account, setAccount] = useState({ username: "", password: "", again: "" });
  const [session, setSession] = useState<Session>();
  useTitle("First run");
  return (
    <main className="alone">
      <div className="alone-box">
        <p className="alone-name"><Logo size={28} />Slipway</p>
        <div className="panel">
          <h1>First run</h1>
          <ol className="setup-steps">
            {STEPS.map((name, index) => (
              <li key={name} aria-current={index === step ? "step" : undefined} className={index < step ? "tone-ok" : undefined}>
                <span className="setup-number">{index < step ? "✓" : index + 1}</span> {name}
              </li>
            ))}
          </ol>
          {step === 0 && (
            <TokenStep
              token={token} onChange={setToken}
              onDone={() => setStep(1)}
            />
          )}
          {step === 1 && (
            <AdministratorStep
              token={token} account={account} onChange={setAccount} onBack={() => setStep(0)}
              onDone={(made) => {
                setSession(made);
                setStep(2);
              }}
            />
          )}
          {step === 2 && session && <ServerStep onDone={() => onDone(session)} />}
        </div>
      </div>
    </main>
  );
}
