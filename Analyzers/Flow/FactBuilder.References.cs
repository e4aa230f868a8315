using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>What own callees do with what they are given by reference, and own local functions with what they capture.</content>
internal sealed partial class FactBuilder
{
    /// <summary>Writes down what the callee does with what stands behind the reference; false where that is not known.</summary>
    private bool PassReference(IOperation call, IMethodSymbol method, IParameterSymbol parameter, Value value, bool isUsed)
    {
        if (!IsVariable(value.Operation) || method.IsAsync || _callees?.AskReference(method, parameter.Ordinal, Local(method)) is not { } replacement || !IsTold(method, replacement))
        {
            return false;
        }

        if (replacement.IsUsed && !isUsed && replacement.Release is null)
        {
            Use(call, value);
        }

        Replace(call, method, value.Place, replacement);
        return true;
    }

    /// <summary>Writes down what a local function that is called does with a variable that it captures; false where that is not known.</summary>
    private bool PassCaptured(IOperation call, IMethodSymbol method, Captured captured, int place)
    {
        if (method.MethodKind != MethodKind.LocalFunction || Local(method) is not { } local || _callees?.AskCaptured(local, captured.Symbol) is not { } replacement || !IsTold(method, replacement))
        {
            return false;
        }

        if (method.IsAsync)
        {
            if (replacement is { AlwaysReleases: true, Release: { } late } && !captured.IsWritten)
            {
                ReleaseWhenAwaited(call, new Fact(FactKind.Release, call) { Target = place, Effect = late with { Target = Slot.Result }, Member = method });
            }

            return false;
        }

        if (replacement.IsUsed && replacement.Release is null)
        {
            Use(call, Named(place));
        }

        Replace(call, method, place, replacement);
        return true;
    }

    /// <summary>
    /// What a task that a function returns has of what the function captures, until it is over: nothing where that was used before the first <c>await</c> only, nor where
    /// the function gives it back itself.
    /// </summary>
    private void LendCaptured(IOperation call, IMethodSymbol method, int task)
    {
        NestedFunction? local = Local(method);
        foreach (Captured captured in local is null || _callees is null ? [] : _body.CapturesOf(method))
        {
            if (!captured.MayRelease && _body.Places.Find(captured.Symbol) is >= 0 and var place && _callees!.UsesLater(local!, captured.Symbol))
            {
                Add(new Fact(FactKind.Lend, call) { Target = task, Source = place, Resource = _body.LoanOf(call, method) });
            }
        }
    }

    /// <summary>As <see cref="LendCaptured"/>, for a delegate that was made here, of one of the functions inside.</summary>
    private void LendToDelegate(IOperation call, IMethodSymbol invoke, Value called, int task)
    {
        foreach (NestedFunction nested in !called.HasPlace || _callees is null ? [] : _body.Nested)
        {
            foreach (Captured captured in _contracts.IsTask(nested.Symbol.ReturnType) ? _body.CapturesOf(nested.Symbol) : [])
            {
                if (!captured.MayRelease && _body.Places.Find(captured.Symbol) is >= 0 and var place && _callees!.UsesLater(nested, captured.Symbol))
                {
                    Add(new Fact(FactKind.Lend, call) { Target = task, Source = place, Receiver = called.Place, Resource = _body.LoanOf(call, invoke) });
                }
            }
        }
    }

    private void ReleaseWhenAwaited(IOperation call, Fact release)
    {
        if (!_releasedBy.TryGetValue(call, out List<Fact>? releases))
        {
            _releasedBy.Add(call, releases = []);
        }

        releases.Add(release);
    }

    /// <summary>
    /// Whether the ways in which the call can end can be told apart, or need not be: one that grows what is too small leaves something in any case. Where it also
    /// says which way it took, the caller may go by that.
    /// </summary>
    private bool IsTold(IMethodSymbol method, Replacement replacement)
    {
        if (!replacement.OnlyUses && WritesFlag(method))
        {
            return false;
        }

        if (replacement.WhenThere.Count > 1)
        {
            return method.ReturnsVoid && replacement.WhenThere.All(static ending => ending is { Releases: true, Left: Left.Fresh } or { Releases: false, Left: Left.Same });
        }

        // What is there is not given back, but something else is: the callee knows what that means.
        return replacement.WhenNothing.Count <= 1 && !replacement.WhenThere.Any(static ending => ending is { Releases: false, Left: not Left.Same } and not { Left: Left.Fresh });
    }

    /// <summary>Whether the call also sets a number or a truth value, by which its caller may know afterwards who owns what.</summary>
    private bool WritesFlag(IMethodSymbol method) =>
        method.Parameters.Any(static parameter => parameter.RefKind is RefKind.Ref or RefKind.Out && !CanCarry(parameter.Type))
        || (method.MethodKind == MethodKind.LocalFunction && _body.CapturesOf(method).Any(static captured => captured.IsWritten && !CanCarry((captured.Symbol as ILocalSymbol)?.Type ?? (captured.Symbol as IParameterSymbol)?.Type)));

    private void Replace(IOperation call, IMethodSymbol method, int place, Replacement replacement)
    {
        if (replacement.OnlyUses && replacement.WhenNothing.All(static ending => ending.Left == Left.Nothing))
        {
            return;
        }

        if (replacement is { AlwaysReleases: true, Release: { } release })
        {
            Add(new Fact(FactKind.Release, call) { Target = place, Effect = release with { Target = Slot.Result }, Member = method });
        }

        if (replacement.AlwaysLeaves(Left.Nothing))
        {
            Assign(call, place, new Value(-1, new Expression.Constant(null)));
            return;
        }

        if (replacement.Fresh is null)
        {
            Add(new Fact(FactKind.Replace, call) { Target = place, Replacement = replacement });
            return;
        }

        Resource resource = _body.AcquiredAt(call, method, replacement.Fresh);
        resource.Name = NameOf(place);
        Fact fresh = new(FactKind.Acquire, call) { Target = place, Effect = resource.Acquisition, Resource = resource.Id, ResultPlace = place, Member = method };
        Add(replacement.AlwaysLeaves(Left.Fresh) ? fresh : new Fact(FactKind.Replace, call) { Target = place, Replacement = replacement, Fresh = fresh });
    }

    private static bool IsVariable(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation { Local.RefKind: RefKind.None } or IParameterReferenceOperation => true,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } => true,
        _ => false,
    };
}
