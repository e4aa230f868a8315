using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2008: a method clears the field that alone leads to a rental, then calls the one that was to release what it finds there.
/// </summary>
internal sealed class ClearedTooEarly : Rule
{
    private readonly List<Fact> _calls = [];
    private TypeFlow? _type;

    public override void OnMember(TypeMember member, TypeFlow type) => _type = type;

    public override FactKind[] Reads => [FactKind.CallSelf];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind == FactKind.CallSelf && !_calls.Contains(fact))
        {
            _calls.Add(fact);
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind != ExitKind.Return || _calls.Count == 0)
        {
            return;
        }

        foreach (PathState path in leaving.Paths.Paths)
        {
            foreach (Lost lost in Lost.On(path, findings.Body))
            {
                if (lost is { Released: null, FieldSymbol: { } field } && IsCleared(lost.At) && (lost.Resource.Kind == ResourceKind.Rental || lost.Resource.Kind == ResourceKind.Owner)
                    && _calls.Exists(call => call.Operation.Syntax.SpanStart > lost.At.Syntax.SpanStart && ReleasesWhatItFinds(call, field)))
                {
                    Location origin = Spots.Origin(lost.Resource)!;
                    Location cleared = lost.At.Syntax.GetLocation();
                    findings.Report(
                        lost.Resource.Kind == ResourceKind.Rental ? RentalNotReturned.ArrayWords : RentalNotReturned.OwnerWords, Confidence.Possible, lost.Resource.Id, null, origin, [cleared], null,
                        lost.Field, Spots.Line(origin), $"'{lost.Field}' is cleared at line {Spots.Line(cleared)}, before what is in it is released");
                }
            }
        }
    }

    /// <summary>Whether nothing is put in the place of what was there: what was asked whether it is empty, and is given a first array, is not cleared.</summary>
    private static bool IsCleared(IOperation at) => at is not ISimpleAssignmentOperation { Value: var value } || value is not (IInvocationOperation { Arguments.IsEmpty: false } or IConversionOperation { Operand: IInvocationOperation { Arguments.IsEmpty: false } });

    /// <summary>Whether the called method releases something, and reads the field.</summary>
    private bool ReleasesWhatItFinds(Fact call, ISymbol field)
    {
        if (call.Member is not IMethodSymbol method || _type?.MemberOf(method) is not { Body: var body } || body.Places.FindMember(body.Places.OfThis(), field) < 0)
        {
            return false;
        }

        return OwningFields.Releases(body);
    }
}
