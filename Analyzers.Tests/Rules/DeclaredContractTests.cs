using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<BufferLifetime.Analyzers.BufferLifetimeAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>APIs that describe themselves by attributes, or are described in a contract file.</summary>
public sealed class DeclaredContractTests
{
    private const string Api = """

        internal sealed class Slab : IDisposable
        {
            public byte[] Bytes { [return: ReturnsBorrowed] get; set; } = [];
            public void Dispose() { }
            [ReleasesBuffer] public void Close() { }
        }

        internal interface ISource
        {
            [AcquiresBuffer(ExtractMode.Pin)] Slab Next();
        }

        internal sealed class Device : ISource
        {
            [AcquiresBuffer(ExtractMode.Pin)] public static Slab Map(int length) => new();
            [return: AcquiresBuffer(ExtractMode.Get)] public static Slab Refer(int length) => new();
            public static bool TryMap([AcquiresBuffer(ExtractMode.Pin)] out Slab slab) { slab = new(); return true; }
            public static void Unmap([ReleasesBuffer] Slab slab) { }
            public static void Send([BorrowsBuffer] Slab slab) { }
            public static Task SendAsync([BorrowsBuffer] Slab slab) => Task.CompletedTask;
            public static void Give([RetainsBuffer] Slab slab) { }
            [ReturnsBorrowed] public static byte[] Look(Slab slab) => slab.Bytes;
            public Slab Next() => new();
        }
        """;

    [Theory]
    [InlineData("Slab slab = Device.{|BUF1002:Map|}(1); Device.Send(slab);")]
    [InlineData("Slab slab = Device.{|BUF1002:Refer|}(1); Device.Send(slab);")]
    [InlineData("if (Device.{|BUF1002:TryMap|}(out Slab slab)) Device.Send(slab);")]
    [InlineData("Slab slab = new Device().{|BUF1002:Next|}(); Device.Send(slab);")]
    [InlineData("ISource source = new Device(); Slab slab = source.{|BUF1002:Next|}(); Device.Send(slab);")]
    [InlineData("Slab slab = Device.Map(1); Device.Unmap(slab); Device.Send({|BUF1004:slab|});")]
    [InlineData("Slab slab = Device.Map(1); byte[] bytes = Device.Look(slab); Device.Unmap(slab); Any.Transfer(0, {|BUF1004:bytes|}[1]);")]
    [InlineData("Slab slab = Device.Map(1); Device.Unmap(slab); await Device.SendAsync({|BUF1004:slab|});")]
    [InlineData("Slab slab = Device.Map(1); Device.Unmap(slab); Device.{|BUF1003:Unmap|}(slab);")]
    [InlineData("Slab slab = Device.Map(1); Task task = Device.SendAsync(slab); Device.Unmap({|BUF1203:slab|}); await task;")]
    public Task Bug_over_an_annotated_api_is_reported(string statements) => VerifyAsync(Api + "internal static class C { static async Task M() { await Any.Pause();" + statements + " } }");

    [Theory]
    [InlineData("Slab slab = Device.Map(1); Device.Send(slab); Device.Unmap(slab);")]
    [InlineData("Slab slab = Device.Map(1); Device.Send(slab); slab.Dispose();")]
    [InlineData("using Slab slab = Device.Map(1); Device.Send(slab);")]
    [InlineData("Slab slab = Device.Map(1); slab.Close();")]
    [InlineData("Slab slab = Device.Map(1); Device.Give(slab);")]
    [InlineData("if (Device.TryMap(out Slab slab)) Device.Unmap(slab);")]
    [InlineData("Slab slab = Device.Map(1); Task task = Device.SendAsync(slab); await task; Device.Unmap(slab);")]
    public Task Right_use_of_an_annotated_api_is_silent(string statements) => VerifyAsync(Api + "internal static class C { static async Task M() { await Any.Pause();" + statements + " } }");

    private const string Vendor = """
        namespace Vendor;

        public sealed class Slab { public byte[] Bytes = []; }

        public class Dma
        {
            public static Slab Map(byte[] data, int length) => new();
            public virtual int Fill(Slab[] slabs) => 0;
            public static void Unmap(Slab slab) { }
            public static System.Threading.Tasks.Task SendAsync(Slab slab) => System.Threading.Tasks.Task.CompletedTask;
            public static void Queue(Slab slab) { }
            public static byte[] Window(Slab slab) => slab.Bytes;
        }
        """;

    private const string Contracts = """
        # What the vendor's functions do.
        M:Vendor.Dma.Map(System.Byte[],System.Int32) acquires result pin
        M:Vendor.Dma.Fill(Vendor.Slab[])  acquires 0 owned   # the slabs
        M:Vendor.Dma.Unmap(Vendor.Slab) releases 0

        M:Vendor.Dma.SendAsync(Vendor.Slab) lends 0
        M:Vendor.Dma.Queue(Vendor.Slab) retains 0
        M:Vendor.Dma.Window(Vendor.Slab) views 0
        M:Vendor.Other.Gone(System.Int32) releases 0
        """;

    [Theory]
    [InlineData("Vendor.Slab slab = Vendor.Dma.{|BUF1002:Map|}([], 1); _ = slab.Bytes.Length;")]
    [InlineData("Vendor.Slab slab = Vendor.Dma.Map([], 1); Vendor.Dma.Unmap(slab);")]
    [InlineData("Vendor.Slab slab = Vendor.Dma.Map([], 1); Vendor.Dma.Queue(slab);")]
    [InlineData("Vendor.Slab slab = Vendor.Dma.Map([], 1); byte[] w = Vendor.Dma.Window(slab); Vendor.Dma.Unmap(slab); Any.Transfer(0, {|BUF1004:w|}[1]);")]
    [InlineData("Vendor.Slab slab = Vendor.Dma.Map([], 1); Task t = Vendor.Dma.SendAsync(slab); Vendor.Dma.Unmap({|BUF1203:slab|}); await t;")]
    [InlineData("var slabs = new Vendor.Slab[1]; int n = new Vendor.Dma().{|BUF1002:Fill|}(slabs); Any.Transfer(0, n);")]
    [InlineData("var slabs = new Vendor.Slab[1]; int n = new Vendor.Dma().Fill(slabs); if (n > 0) Vendor.Dma.Unmap(slabs[0]);")]
    public async Task Member_described_in_a_contract_file_is_understood(string statements)
    {
        VerifyCS.Test test = Test(Vendor, "internal static class C { static async Task M() { await Any.Pause();" + statements + " } }");
        test.TestState.AdditionalFiles.Add(("/0/BufferLifetime.contracts.txt", Contracts));
        await test.RunAsync();
    }

    [Theory]
    [InlineData("Vendor.Dma.Unmap(Vendor.Slab) releases 0")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab)")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) releases")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) eats 0")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) releases -1")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) releases first")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) releases 1")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) releases this")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) releases result")]
    [InlineData("M:Vendor.Dma.Unmap(Vendor.Slab) acquires result pin")]
    [InlineData("M:Vendor.Dma.Map(System.Byte[],System.Int32) acquires result")]
    [InlineData("M:Vendor.Dma.Map(System.Byte[],System.Int32) acquires result softly")]
    [InlineData("M:Vendor.Dma.Map(System.Byte[],System.Int32) acquires result pin really")]
    [InlineData("T:Vendor.Dma releases 0")]
    [InlineData("M: releases 0")]
    public async Task Line_that_cannot_be_read_is_reported_where_it_stands(string line)
    {
        VerifyCS.Test test = Test(Vendor, "internal static class C;");
        test.TestState.AdditionalFiles.Add(("/0/Vendor.BufferLifetime.txt", "# first\n{|BUF0001:" + line + "|}\n"));
        await test.RunAsync();
    }

    [Fact]
    public async Task Other_additional_files_are_left_alone()
    {
        VerifyCS.Test test = Test(Vendor, "internal static class C;");
        test.TestState.AdditionalFiles.Add(("/0/notes.txt", "no contract"));
        await test.RunAsync();
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("buffer_lifetime.report_possible = true", true)]
    [InlineData("buffer_lifetime.report_possible = false", false)]
    [InlineData("buffer_lifetime.BUF1002.report_possible = false", false)]
    [InlineData("buffer_lifetime.BUF1001.report_possible = false", true)]
    [InlineData("buffer_lifetime.report_possible = false\nbuffer_lifetime.BUF1002.report_possible = true", true)]
    public async Task Possible_reports_can_be_switched_off(string setting, bool isReported)
    {
        string leave = isReported ? "{|BUF1002:return 0;|}" : "return 0;";
        VerifyCS.Test test = Test("internal static class C { static int M(IovIter iter) { PageLease lease = iter.ExtractPages(); if (Any.Chance()) " + leave + " lease.Dispose(); return 1; } }");
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\n" + setting + "\n"));
        await test.RunAsync();
    }

    [Fact]
    public async Task Certain_reports_stay_when_possible_ones_are_switched_off()
    {
        VerifyCS.Test test = Test("internal static class C { static long M(IovIter iter) { PageLease lease = iter.{|BUF1002:ExtractPages|}(); return lease.Bytes; } }");
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\nbuffer_lifetime.report_possible = false\n"));
        await test.RunAsync();
    }
}
