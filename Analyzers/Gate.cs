using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules.BaseLibrary;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers;

/// <summary>Decides which complete bodies are worth a control-flow graph: those that call a member some protocol names, or receive what one speaks of.</summary>
internal static class Gate
{
    /// <summary>Whether a complete body calls one of the methods that may make something for their callers.</summary>
    public static bool Calls(IOperation root, HashSet<ISymbol> givers)
    {
        bool calls = false;
        foreach (IOperation operation in root.Descendants())
        {
            if (operation is IInvalidOperation)
            {
                return false;
            }

            calls |= operation is IInvocationOperation { TargetMethod: var called } && givers.Contains(called.OriginalDefinition);
        }

        return calls;
    }

    /// <param name="root">The body.</param>
    /// <param name="owner">What it is the body of.</param>
    /// <param name="protocols">What the APIs mean.</param>
    /// <param name="makes">Whether a call of a method or constructor of the compilation makes something, as far as its own body tells.</param>
    /// <param name="takes">Whether such a call takes something over.</param>
    public static bool Opens(IOperation root, ISymbol owner, ProtocolTable protocols, Func<IMethodSymbol, bool> makes, Func<IMethodSymbol, bool> takes)
    {
        // Who makes or takes something is read in the bodies of other types: only where nothing else opens the gate, and where it can matter here.
        List<IMethodSymbol>? called = null, kept = null;
        bool opens = false, ends = false;
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
                    return false;
                case IInvocationOperation invocation when !opens:
                    opens = protocols.OpensGate(invocation.TargetMethod);
                    ends |= TypeMember.Ends(invocation.TargetMethod);
                    Note(invocation.TargetMethod, StaysHere(invocation), ref kept);
                    Note(invocation.TargetMethod, !invocation.Arguments.IsEmpty, ref called);
                    break;
                case IVariableDeclaratorOperation { Symbol.IsFixed: true }:
                    opens = true;
                    break;
                case IUsingOperation or IUsingDeclarationOperation:
                    ends = true;
                    break;
                case IAddressOfOperation or { Kind: OperationKind.None } when !opens:
                    opens = StackOutlived.MayLeave(operation);
                    break;
                case IPropertyReferenceOperation { Property: var property } when !opens:
                    opens = protocols.OpensGate(property);
                    break;
                case IMethodReferenceOperation { Method: var handedOut } when !opens:
                    opens = protocols.OpensGate(handedOut);
                    break;
                case IObjectCreationOperation { Constructor: { } constructor } when !opens:
                    opens = protocols.OpensGate(constructor);
                    Note(constructor, StaysHere(operation), ref kept);
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

        return opens || kept?.Exists(method => makes(method)) == true || (ends && called?.Exists(method => takes(method)) == true);

        static void Note(IMethodSymbol method, bool matters, ref List<IMethodSymbol>? methods)
        {
            if (matters && method.ContainingType is { DeclaringSyntaxReferences.IsEmpty: false })
            {
                (methods ??= []).Add(method);
            }
        }
    }

    /// <summary>Whether the body itself is left with a value, rather than its caller, its instance or who it calls.</summary>
    private static bool StaysHere(IOperation value)
    {
        IOperation? to = value.Parent;
        while (to is IConversionOperation or IAwaitOperation or IConditionalOperation or ICoalesceOperation or ISwitchExpressionArmOperation or ISwitchExpressionOperation or IParenthesizedOperation)
        {
            to = to.Parent;
        }

        return to switch
        {
            IReturnOperation or IArgumentOperation or IThrowOperation or IFieldInitializerOperation or IPropertyInitializerOperation or IArrayInitializerOperation => false,
            IAssignmentOperation { Target: var target } => target is ILocalReferenceOperation or IParameterReferenceOperation or IDiscardOperation or ITupleOperation or IDeclarationExpressionOperation,
            _ => true,
        };
    }
}
