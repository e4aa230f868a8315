using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>Something that a field owned when the call began, and that nothing leads to any more when it ends.</summary>
/// <param name="Resource">What was lost.</param>
/// <param name="At">The operation that lost it.</param>
/// <param name="Field">The field, as the code names it.</param>
/// <param name="FieldSymbol">The field.</param>
/// <param name="Released">Where what the field has instead was released: the wrong one of the two was given back. Null where it was not.</param>
internal sealed record Lost(Resource Resource, IOperation At, string Field, ISymbol? FieldSymbol, IOperation? Released)
{
    public static IEnumerable<Lost> On(PathState path, Body body)
    {
        foreach (Resource resource in body.Foreign)
        {
            if (!path.Holds.TryGet(resource.Id, out Hold hold) || hold.LostFrom < 0
                || (hold.Holding & Holding.AnyHeld) == 0 || (hold.Holding & ~Holding.AnyHeld) != 0 || !path.IsReferredToOnlyBy(resource.Id, -1))
            {
                continue;
            }

            RefSet instead = path.RefsOf(hold.LostFrom);
            Hold replaced = instead.Count == 1 ? path.HoldOf(instead[0].Resource) : new Hold(Holding.Nothing);
            yield return new Lost(
                resource, hold.ChangedAt!, body.Places.NameOf(hold.LostFrom) ?? "field", body.Places[hold.LostFrom].Symbol, replaced.Holding == Holding.Released ? replaced.ChangedAt : null);
        }
    }
}
