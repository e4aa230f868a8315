using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2003 of an address that is given away together with what is to be called when the memory is not needed any more: until then it is used, and the
/// fixed statement that it comes from has ended long before.
/// </summary>
internal sealed class KeptUntilReleased : Rule
{
    private static readonly string[] WordsOfRelease = ["release", "destroy", "free", "dispose", "delete", "dealloc", "cleanup"];

    public override FactKind[] Reads => [FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (!findings.Body.Has(ResourceKind.Fixed) || fact is not { Kind: FactKind.Use, Target: >= 0 } || CallAt(fact.Operation) is not { } call || !HasRelease(ArgumentsOf(call)))
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(static r => r.Kind <= RefRole.View), before, static (resource, _) => resource.Original is null && resource.Kind == ResourceKind.Fixed))
        {
            findings.Report(
                PointerOutlivesPin.Words, Confidence.Possible, (call.Syntax, sighting.Resource.Id), null, call.Syntax.GetLocation(), [Spots.Origin(sighting.Resource)], null,
                sighting.Resource.Name ?? sighting.Resource.Kind.Name, "kept until what is given along with it says that it is released", "fixed statement");
        }
    }

    /// <summary>The call that a value is passed to.</summary>
    private static IOperation? CallAt(IOperation value)
    {
        while (value.Parent is IConversionOperation conversion)
        {
            value = conversion;
        }

        return (value.Parent as IArgumentOperation)?.Parent;
    }

    private static ImmutableArray<IArgumentOperation> ArgumentsOf(IOperation call) => call switch
    {
        IInvocationOperation invocation => invocation.Arguments,
        IObjectCreationOperation creation => creation.Arguments,
        _ => ImmutableArray<IArgumentOperation>.Empty,
    };

    private static bool HasRelease(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.Any(static argument => argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: { Type: { TypeKind: TypeKind.Delegate or TypeKind.FunctionPointer } type } parameter } && (SaysRelease(parameter.Name) || SaysRelease(type.Name)) && !IsNothing(argument.Value));

    private static bool SaysRelease(string name) => Array.Exists(WordsOfRelease, word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);

    private static bool IsNothing(IOperation value) => value switch
    {
        IConversionOperation conversion => IsNothing(conversion.Operand),
        IDefaultValueOperation or { ConstantValue.HasValue: true } => true,
        _ => false,
    };
}
