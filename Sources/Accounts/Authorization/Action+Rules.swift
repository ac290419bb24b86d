package import RevisionStore

extension Action {
  /// The least role that may, on the object itself; nil for what everybody may with the own account.
  package var minimalRole: Role? {
    switch rule.need {
    case .login: nil
    case .role(let role), .listed(let role), .touching(let role): role
    }
  }

  /// Whether it takes a password or a code of the last 10 minutes (S-AUTH-7).
  package var needsStepUp: Bool { rule.needsStepUp }

  /// The group a token needs; nil: no token may.
  package var scopeGroup: ScopeGroup? { rule.group }

  /// The table of S-AZ-2 with the step-ups of S-AUTH-7. What neither names is counted with its nearest neighbour there.
  var rule: ActionRule {
    switch self {
    case .stackRead, .scanRead, .eventsRead, .operationRead: ActionRule(.listed(.viewer), .read)
    case .statsRead: ActionRule(.listed(.viewer), .read)
    case .containerRead, .imageRead, .networkRead, .volumeRead: ActionRule(.listed(.viewer), .read)
    case .templateRead, .systemRead, .policyRead: ActionRule(.listed(.viewer), .read)
    case .serverRead: ActionRule(.touching(.viewer), .read)
    case .logsRead: ActionRule(.listed(.viewer), .logs)
    // Of all stacks at once.
    case .metricsRead: ActionRule(.role(.viewer), .metrics)

    // What the body names is not known before it is read: then it is asked of that.
    case .stackCreate: ActionRule(.listed(.operator_), .edit)
    case .stackEdit, .draftRead: ActionRule(.role(.operator_), .edit)
    case .stackDeploy, .stackRollback, .stackAdopt, .updateApprove: ActionRule(.role(.operator_), .deploy)
    case .stackControl, .stackDown, .containerControl, .containerUpdate: ActionRule(.role(.operator_), .control)
    // Asked of the operation itself, by its stack.
    case .operationCancel: ActionRule(.listed(.operator_), .deploy)
    case .stackBackUp: ActionRule(.role(.operator_), .restore)
    case .secretWrite: ActionRule(.role(.operator_), .secrets)
    case .imagePull, .imageRemove, .imagePrune: ActionRule(.role(.operator_), .images)
    case .networkWrite: ActionRule(.role(.operator_), .networks)
    case .volumeCreate: ActionRule(.role(.operator_), .volumes)
    case .webhookRead: ActionRule(.listed(.operator_), .webhooks)
    // Its secret lets in who has no account.
    case .webhookWrite: ActionRule(.role(.operator_), .webhooks, stepUp: true)

    case .stackRestore: ActionRule(.role(.operator_), .restore, own: .restore, stepUp: true)
    case .stackDelete: ActionRule(.role(.operator_), .deploy, own: .restore)
    case .volumeRemove: ActionRule(.role(.operator_), .volumes, own: .restore)
    case .containerExec, .containerCopy: ActionRule(.role(.operator_), .exec, own: .exec, stepUp: true)

    case .stackMove: ActionRule(.role(.admin), .servers)
    case .serverTest: ActionRule(.role(.admin), .servers)
    case .serverWrite, .serverTrust: ActionRule(.role(.admin), .servers, stepUp: true)
    case .registryRead: ActionRule(.role(.admin), .read)
    case .registryWrite: ActionRule(.role(.admin), .settings, stepUp: true)
    case .policyWrite, .gateWaive: ActionRule(.role(.admin), .policy, stepUp: true)
    case .secretReveal: ActionRule(.role(.admin), .secrets, stepUp: true)
    case .templateWrite, .settingsRead: ActionRule(.role(.admin), .settings)
    case .settingsWrite: ActionRule(.role(.admin), .settings, stepUp: true)
    case .systemWrite: ActionRule(.role(.admin), .system)
    case .auditRead, .auditExport: ActionRule(.role(.admin), .audit)
    case .auditCut: ActionRule(.role(.admin), nil, stepUp: true)

    // Who has a stolen token must not make more of them, or users.
    case .userRead, .tokenRead, .sessionRead: ActionRule(.role(.admin), .read)
    case .userWrite, .tokenRevoke, .sessionEnd: ActionRule(.role(.admin), nil, stepUp: true)
    case .ownAccountRead: ActionRule(.login, .read)
    case .ownAccountWrite: ActionRule(.login, nil)
    case .ownSecondFactorWrite, .ownTokenWrite: ActionRule(.login, nil, stepUp: true)
    }
  }
}
