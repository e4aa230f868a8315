using BufferLifetime.Analyzers.Protocols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers;

/// <summary>Decides which bodies are worth a control-flow graph: those that call a member some protocol names, or receive what one speaks of.</summary>
internal static class Gate
{
    public static Verdict Judge(IOperation root, ISymbol owner, ProtocolTable protocols)
    {
        bool opens = false;
        foreach (IParameterSymbol parameter in (owner as IMethodSymbol)?.Parameters ?? System.Collections.Immutable.ImmutableArray<IParameterSymbol>.Empty)
        {
            opens |= protocols.FindParameter(parameter) is not null;
        }

        foreach (IOperation operation in root.Descendants())
        {
            switch (operation)
            {
                case IInvalidOperation:
                    // Half-typed code: what it will mean is not known yet.
                    return Verdict.Broken;
                case IInvocationOperation invocation when !opens:
                    opens = protocols.OpensGate(invocation.TargetMethod);
                    break;
                case IVariableDeclaratorOperation { Symbol.IsFixed: true }:
                    opens = true;
                    break;
                case IPropertyReferenceOperation { Property: var property } when !opens:
                    opens = protocols.OpensGate(property);
                    break;
                case IObjectCreationOperation { Constructor: { } constructor } when !opens:
                    opens = protocols.OpensGate(constructor);
                    break;
                case IAnonymousFunctionOperation { Symbol.Parameters: var parameters } when !opens:
                    foreach (IParameterSymbol parameter in parameters)
                    {
                        opens |= protocols.FindParameter(parameter) is not null;
                    }

                    break;
                case ILocalFunctionOperation { Symbol.Parameters: var parameters } when !opens:
                    foreach (IParameterSymbol parameter in parameters)
                    {
                        opens |= protocols.FindParameter(parameter) is not null;
                    }

                    break;
            }
        }

        return opens ? Verdict.Open : Verdict.Closed;
    }

    /// <summary>Whether the body is not complete; one that was passed over is looked at only now.</summary>
    public static bool IsBroken(IOperation root, Verdict verdict) =>
        verdict == Verdict.Broken || (verdict == Verdict.Passed && root.Descendants().Any(static operation => operation is IInvalidOperation));
}

/// <summary>What the gate says of a body.</summary>
internal enum Verdict
{
    /// <summary>Nothing in its text can matter: it was not looked at.</summary>
    Passed,
    Closed,
    Open,

    /// <summary>It is not complete: what it will mean is not known.</summary>
    Broken,
}
