using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What an instance has of what a call gave it, until it lets go of that.</summary>
/// <param name="LetsGo">The names of the members that let go of it.</param>
/// <param name="Reads">The names of the members that read it.</param>
internal sealed record Kept(ImmutableHashSet<string> LetsGo, ImmutableHashSet<string> Reads);

/// <content>What an instance keeps of memory that stays its caller's.</content>
internal sealed partial class Instance
{
    /// <summary>What an instance has in its fields of what the method was given, whenever that has returned; null for nothing, or where no member lets go of it.</summary>
    public Kept? KeptBy(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (!OwnCallees.IsSure(method) || method.IsAsync || parameter.RefKind != RefKind.None || graphOf(method) is not { } graph || graph.Blocks.Length > OwnCallees.MaxBlocks)
        {
            return null;
        }

        Body body = Body.Create(graph, method, contracts, cancellation, callees, isAsked: true);
        Resource given = body.Give(parameter, ResourceKind.Given);
        int place = body.Places.Of(parameter, PlaceKind.Parameter);
        var reader = new KeptReader(body, [given.Id, .. body.Facts.Where(fact => IsPinOf(fact, parameter, body)).Select(static fact => fact.Resource)]);
        PathState entry = new Transfer(body, contracts).Entry().WithRefs(place, RefSet.Of(given.Id, RefRole.Owner)).WithHold(given.Id, new Hold(Holding.Held));
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        if (body.BeginsLater || reader.Fields is not { Count: > 0 } fields)
        {
            return null;
        }

        IMethodSymbol[] others = [.. method.ContainingType.GetMembers().OfType<IMethodSymbol>().Where(other => other is { IsStatic: false, MethodKind: MethodKind.Ordinary } && !SymbolEqualityComparer.Default.Equals(other, method))];
        HashSet<ISymbol> lettingGo = new(others.Where(other => other.Parameters.IsEmpty && graphOf(other) is { } found && LetsGo(found.OriginalOperation, fields)), SymbolEqualityComparer.Default);
        lettingGo.UnionWith([.. others.Where(other => other.Parameters.IsEmpty && graphOf(other) is { } found && InstanceUse.Of(found.OriginalOperation, other).Called.Overlaps(lettingGo))]);
        ImmutableHashSet<string> reads = others.Where(other => !lettingGo.Contains(other) && graphOf(other) is { } found && InstanceUse.Of(found.OriginalOperation, other).Fields.Overlaps(fields)).Select(static other => other.Name).ToImmutableHashSet();
        return lettingGo.Count == 0 || reads.IsEmpty ? null : new Kept(lettingGo.Select(static member => member.Name).ToImmutableHashSet(), reads);
    }

    private static bool IsPinOf(Fact fact, IParameterSymbol parameter, Body body) =>
        fact.Kind == FactKind.Acquire && body.Resources[fact.Resource].Kind.IsHandle
        && fact.Operation is IInvocationOperation { Instance: IParameterReferenceOperation { Parameter: var pinned } } && SymbolEqualityComparer.Default.Equals(pinned, parameter);

    /// <summary>Whether a member gives a field that has it another value, or gives back what is in it.</summary>
    private bool LetsGo(IOperation member, HashSet<ISymbol> fields) => member.Descendants().Any(operation => operation switch
    {
        ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var field }, Value: { } value } => fields.Contains(field) && IsEmpty(value),
        IInvocationOperation { Instance: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var field } } call => fields.Contains(field) && contracts.Find(call.TargetMethod.OriginalDefinition)?.Releases(Slot.Receiver) == true,
        _ => false,
    });

    private static bool IsEmpty(IOperation value) => value switch
    {
        IConversionOperation { Operand: var operand } => IsEmpty(operand),
        IDefaultValueOperation or { ConstantValue.HasValue: true } => true,
        IMemberReferenceOperation { Member: { IsStatic: true, Name: "Empty" } } => true,
        _ => false,
    };

    private sealed class KeptReader(Body body, IReadOnlyCollection<int> followed) : IFlowReader
    {
        /// <summary>The fields that have it on every way out; null where there is none.</summary>
        public HashSet<ISymbol>? Fields { get; private set; }

        public void OnFact(Fact fact, PathSet before)
        {
        }

        public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
        {
            foreach (PathState path in exit == ExitKind.Return ? atExit.Paths : [])
            {
                HashSet<ISymbol> fields = new(SymbolEqualityComparer.Default);
                path.Refs.ForEach((place, refs) =>
                {
                    if (body.Places[place] is { Kind: PlaceKind.Member, Symbol: { } field, Parent: var parent } && body.Places[parent].Kind == PlaceKind.This && refs.Where(r => r.Kind <= RefRole.View && followed.Contains(r.Resource)).Count > 0)
                    {
                        fields.Add(field);
                    }
                });
                if (Fields is null)
                {
                    Fields = fields;
                }
                else
                {
                    Fields.IntersectWith(fields);
                }
            }
        }
    }
}
